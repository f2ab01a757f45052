// SPDX-License-Identifier: Apache-2.0
// Starting a child process with nothing inherited but what is listed. It waits for nobody:
// posix_process.h does.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {

struct SpawnSpec {
  /// Absolute.
  std::string executable;
  std::vector<std::string> argv;
  std::map<std::string, std::string> env;
  /// Open directory (O_PATH is enough).
  int cwd_fd = -1;
  /// Descriptors of the child by number from 0 on, without gaps; all others are closed in it.
  std::vector<int> fds;
  /// The child is killed when the calling thread ends, even by SIGKILL: it must not go on working
  /// behind the back of the next run.
  bool dies_with_caller = false;
};

/// A child that has not been reaped. The process group has the number of the pid.
struct Child {
  pid_t pid = 0;
  UniqueFd pidfd;
};

/// The child leads a process group of its own, with default signal actions and an empty mask.
/// Thread-safe. Errors: NotFound, Denied (the program or the directory), Io.
Result<Child> spawn(const SpawnSpec& spec);

/// How a child ended.
struct ChildExit {
  /// Valid when `signal` is 0.
  int code = 0;
  int signal = 0;
};
/// Reaps a child, waiting for its end.
ChildExit reap(pid_t pid);

/// pidfd_open(2): readable once the process has ended.
UniqueFd open_pidfd(pid_t pid);
/// pidfd_send_signal(2). Returns 0 or -1 with errno.
int signal_pidfd(int pidfd, int signal_number);

/// Default actions and an empty mask, whatever the parent uses for itself: for a child between fork
/// and exec. Async-signal-safe.
void reset_signals();

/// "NAME=value" elements in order of the names.
std::vector<std::string> environment_block(const std::map<std::string, std::string>& env);
/// A null-terminated array into `words`, as exec wants it.
std::vector<char*> pointers(std::vector<std::string>& words);

}  // namespace vmplan::os
