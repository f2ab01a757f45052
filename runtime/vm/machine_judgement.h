// SPDX-License-Identifier: Apache-2.0
// From what is recorded and what lives to the state of a machine: one pure function.
#pragma once

#include "runtime/vm/machine.h"
#include "runtime/vm/run_record.h"

namespace vmplan::vm {

/// Which of the recorded processes live, exactly these and no successors with the same PID.
struct Liveness {
  /// The record is of this boot of the kernel.
  bool same_boot = true;
  bool qemu = false;
  bool shim = false;
  /// QEMU lives and has begun to end.
  bool ending = false;
};

MachineStatus judge(const RunRecord& record, Liveness liveness);

}  // namespace vmplan::vm
