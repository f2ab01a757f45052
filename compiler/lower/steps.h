// SPDX-License-Identifier: Apache-2.0
// Steps that vmplan runs itself, made from what they work on. Their grammar is
// compiler/plan/builtins.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/units.h"
#include "compiler/plan/builtins.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::lower::steps {

using plan::kLinkAbsent;
using plan::kMonitorSilent;
using plan::kStillRunning;

plan::Step make_directory(std::string step_id, std::string path, std::string_view mode);
/// `copy`: a file that is taken where it is there; empty: none.
plan::Step fetch_image(std::string step_id, std::string url, std::string to, const Digest& digest,
                       std::string copy);
/// Without a digest, whatever `from` holds.
plan::Step import_image(std::string step_id, std::string from, std::string to,
                        const std::optional<Digest>& digest);
/// Makes the directory that a recipe works in, empty.
plan::Step make_workspace(std::string step_id, std::string path);
/// Takes it away with all that is in it.
plan::Step remove_workspace(std::string step_id, std::string path);
plan::Step verify_file(std::string step_id, std::string path, const Digest& digest);
/// Checks the applied disk node, that it has this path and format, and everything it is based on.
plan::Step verify_chain(std::string step_id, std::string disk_node, std::string path,
                        std::string_view format);
plan::Step verify_disk(std::string step_id, std::string path, std::string_view format);
/// Publishes `<path>.vmplan-new`; never replaces a file. Not idempotent: the first run takes the
/// new file away.
plan::Step publish_disk(std::string step_id, std::string path, std::string_view format, Bytes size,
                        std::string_view backing);
plan::Step verify_directory(std::string step_id, std::string path);
/// Notes how long a serial log is, so that serial_wait() looks at what comes after only.
plan::Step serial_mark(std::string step_id, std::string run_dir, std::string log);
plan::Step serial_wait(std::string step_id, std::string run_dir, std::string log, Seconds patience,
                       std::string text);
/// Each of the files is `text:TEXT`, `file:PATH`, or `-` for none.
plan::Step write_seed(std::string step_id, std::string path, std::string meta_data,
                      std::string user_data, std::string network_config);
/// Removes a seed and nothing else that has its name.
plan::Step remove_seed(std::string step_id, std::string path);
plan::Step check_file(std::string step_id, std::string path);
plan::Step remove_file(std::string step_id, std::string path);

/// Whether a network device is there and carries the mark of the node that made it; with a bridge,
/// whether it is in that too.
plan::Step check_link(std::string step_id, std::string device, std::string mark,
                      std::string node_id, std::string bridge = {});
plan::Step link_present(std::string step_id, std::string device);

/// `vmplan step machine VERB RUN_DIR MORE...`
plan::Step machine(std::string step_id, std::string_view verb, std::string run_dir,
                   std::vector<std::string> more = {});

}  // namespace vmplan::lower::steps
