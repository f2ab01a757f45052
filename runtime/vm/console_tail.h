// SPDX-License-Identifier: Apache-2.0
// Following a log that somebody else writes: what is there, then what is added. It takes no lock,
// sends nothing and tolerates that the file is missing yet, truncated or replaced.
#pragma once

#include <functional>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/base/units.h"
#include "runtime/os/cancel.h"
#include "runtime/os/lab_root.h"

namespace vmplan::vm {

struct TailSpec {
  /// Lab-relative.
  std::string_view path;
  /// Start here, in bytes; a file that is shorter is shown from its start.
  std::int64_t first_byte = 0;
  /// How often is looked.
  Millis interval{100};
};

/// Gets every piece, in order. An error ends the tail (the reader of our output has gone).
using TailSink = std::function<Status(std::string_view bytes)>;

/// Ends when `ended` says that nothing more will be written (after one last look) or at any level
/// of `cancel`. Errors: those of FileSystem but NotFound; those of the sink.
Status follow_log(const os::LabRoot& root, const TailSpec& spec, const TailSink& sink,
                  const std::function<bool()>& ended, const os::Cancel& cancel);

}  // namespace vmplan::vm
