// SPDX-License-Identifier: Apache-2.0
// The command line of one machine. Order and rules: docs/plan-format.md, "QEMU argv".
#pragma once

#include <string>
#include <vector>

#include "compiler/model/lab.h"

namespace vmplan::lower::qemu {

/// The supervisor's own monitor, beside the public one of `[qmp]`: a user's QMP client can never
/// keep the supervisor out, because QEMU greets only one client per monitor.
std::string supervisor_monitor(const model::Vm& vm);

/// argv of QEMU for `vm`, argv[0] included. Paths are lab-relative.
std::vector<std::string> machine_argv(const model::Vm& vm);

}  // namespace vmplan::lower::qemu
