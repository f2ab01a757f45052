// SPDX-License-Identifier: Apache-2.0
// How a shim comes to a machine: by starting it, or by taking over one whose shim died.
#pragma once

#include <optional>

#include "runtime/os/lab_root.h"
#include "runtime/shim/control.h"
#include "runtime/shim/options.h"
#include "runtime/vm/run_directory.h"

namespace vmplan::shim {

/// A machine in the hands of this shim.
struct Machine {
  vm::RunDirectory directory;
  vm::RunRecord record;
  os::UniqueFd pidfd;
  /// Held by the shim that started QEMU; an adopter gets it only after QEMU has ended.
  os::UniqueFd machine_lock;
  os::UniqueFd shim_lock;
  Control control;
  /// QEMU is our child: we can reap it and learn its exit status.
  bool is_child = false;
  /// QEMU was given the shim's own monitor.
  bool has_monitor = true;
  /// QEMU's output, and where this run's part of it starts.
  os::UniqueFd output;
  off_t output_start = 0;
};

/// Locks, cleans up after a dead predecessor, records, starts QEMU.
/// Errors: Busy (it runs already, or another start is under way); those of spawning and writing.
Result<Machine> start_machine(const os::LabRoot& root, const Options& options);

/// Errors: Busy (it has a shim), NotFound (the recorded process does not live), Corrupt.
Result<Machine> adopt_machine(const os::LabRoot& root, const Options& options);

}  // namespace vmplan::shim
