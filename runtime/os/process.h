// SPDX-License-Identifier: Apache-2.0
// Running one external program to its end. Long-lived machines are vm/machine.h instead.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/base/units.h"
#include "runtime/os/cancel.h"

namespace vmplan::os {

struct ProcessSpec {
  /// Absolute path of the program; argv[0] stays what the plan says.
  std::string executable;
  std::vector<std::string> argv;
  /// The whole environment; nothing is inherited.
  std::map<std::string, std::string> env;
  /// Lab-relative.
  std::string cwd = ".";
  /// Fed to standard input; empty: /dev/null.
  std::string stdin_bytes;
  /// Lab-relative file that both output streams are appended to; empty: they are only captured.
  std::string output_path;
  /// 0: no limit. At the limit the process group gets SIGTERM, 2 s later SIGKILL.
  Millis timeout{0};
};

struct ProcessExit {
  /// Valid when `signal` is 0.
  int code = 0;
  /// The signal that ended it, or 0.
  int signal = 0;
  bool timed_out = false;
  bool cancelled = false;
  /// Standard output, at most 1 MiB.
  std::string output;
  /// The last 4 KiB of standard error.
  std::string error_tail;
};

/// Errors: NotFound (program or cwd), Denied, Io (fork, pipes).
class ProcessRunner {
 public:
  ProcessRunner() = default;
  ProcessRunner(const ProcessRunner&) = delete;
  ProcessRunner& operator=(const ProcessRunner&) = delete;
  virtual ~ProcessRunner() = default;

  /// Runs in a process group of its own, waits for the end, reaps it. Thread-safe. `cancel` at
  /// level Kill ends the group.
  virtual Result<ProcessExit> run(const ProcessSpec& spec, const Cancel& cancel) = 0;
};

/// The directories that a bare program name is looked up in, in this order. Never the caller's
/// PATH.
inline constexpr const char* kProgramPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Absolute path of an executable: `name` itself when absolute, else the first hit in kProgramPath.
/// Errors: NotFound, naming the Debian package where it is known.
Result<std::string> find_program(const std::string& name);

}  // namespace vmplan::os
