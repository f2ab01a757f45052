// SPDX-License-Identifier: Apache-2.0
// The command line of vmplan-shim. Described in docs/shim.md.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/base/units.h"

namespace vmplan::shim {

struct Options {
  enum class Command : std::uint8_t { Run, Adopt, Version };
  Command command = Command::Version;
  /// Lab-relative; the current directory is the lab root.
  std::string run_dir;
  /// Open descriptor of the channel to the parent; -1: nobody wants a report.
  int report_fd = -1;

  // Run only:
  std::string executable;
  std::vector<std::string> argv;
  std::string argv_hash;
  /// Lab-relative file for QEMU's output; empty: /dev/null.
  std::string output;
  /// Lab-relative monitor whose greeting means ready; empty: ready when QEMU lives after 200 ms.
  std::string ready_qmp;
  Millis ready_timeout{60'000};
};

/// Errors: Refused, with what is wrong.
Result<Options> parse_options(int argc, char** argv);

}  // namespace vmplan::shim
