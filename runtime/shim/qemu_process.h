// SPDX-License-Identifier: Apache-2.0
// Starting QEMU so that no moment exists in which it runs and nobody has written down its PID: the
// child waits behind a gate until the parent has recorded it, and ends when the parent dies before.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::shim {

struct QemuSpec {
  /// Absolute.
  std::string executable;
  std::vector<std::string> argv;
  /// Standard output and error.
  int output_fd = -1;
  /// Stays open in QEMU, as descriptor 3, so that the lock lives as long as QEMU does.
  int lock_fd = -1;
};

/// A child that has been forked and waits behind the gate.
class GatedChild {
 public:
  /// Errors: Io.
  static Result<GatedChild> fork_child(const QemuSpec& spec);

  pid_t pid() const { return pid_; }
  /// Lets it go; returns when it has become QEMU. Errors: NotFound, Denied, Io (of exec); it is
  /// reaped then.
  Status open_gate();

 private:
  GatedChild(pid_t pid, os::UniqueFd gate, os::UniqueFd status)
      : pid_(pid), gate_(std::move(gate)), status_(std::move(status)) {}
  pid_t pid_;
  os::UniqueFd gate_;
  os::UniqueFd status_;
  std::string executable_;
};

}  // namespace vmplan::shim
