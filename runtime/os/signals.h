// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and friends become a Cancel. The only place with a signal handler.
#pragma once

#include <csignal>

#include "runtime/os/cancel.h"

namespace vmplan::os {

/// While it lives, SIGINT and SIGTERM raise `cancel`, and SIGPIPE is ignored. Afterwards everything
/// is as before. Requires: at most one at a time; `cancel` outlives it.
class SignalScope {
 public:
  explicit SignalScope(Cancel& cancel);
  ~SignalScope();
  SignalScope(const SignalScope&) = delete;
  SignalScope& operator=(const SignalScope&) = delete;

  /// The last signal that arrived, for the exit code 128 + n; 0: none.
  static int received() noexcept;

 private:
  struct sigaction old_int_ {};
  struct sigaction old_term_ {};
  struct sigaction old_pipe_ {};
};

}  // namespace vmplan::os
