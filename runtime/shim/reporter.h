// SPDX-License-Identifier: Apache-2.0
// The channel to the process that started the shim: one line goes out (how the start went), and
// "abort" may come in.
#pragma once

#include "compiler/base/result.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::shim {

class Reporter {
 public:
  /// -1: reports go to standard error, for a shim that a person starts.
  explicit Reporter(int fd);

  /// Reports once; later calls do nothing. The other side may have gone.
  void ready(std::int64_t qemu_pid);
  void error(const Error& error);
  bool done() const { return done_; }

  /// For poll(); -1 when there is nothing to listen to.
  int fd() const { return done_ ? -1 : fd_.get(); }
  /// Reads what came in. True when the other side asks to give up the start. A parent that just
  /// went away does not.
  bool abort_requested();

 private:
  void send(const std::string& line);
  os::UniqueFd fd_;
  bool done_ = false;
};

}  // namespace vmplan::shim
