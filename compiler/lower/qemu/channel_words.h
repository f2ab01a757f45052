// SPDX-License-Identifier: Apache-2.0
// The words of a command line that lead out of QEMU: monitors and the serial port. QEMU is always
// the listening side.
#pragma once

#include "compiler/lower/qemu/words.h"
#include "compiler/model/lab.h"

namespace vmplan::lower::qemu {

/// The supervisor's own monitor, beside the public one of `[qmp]`: a user's QMP client can never
/// keep the supervisor out, because QEMU greets only one client per monitor.
std::string supervisor_monitor(const model::Vm& vm);

void append_monitors(Argv& argv, const model::Vm& vm);
void append_serial(Argv& argv, const model::Vm& vm);

}  // namespace vmplan::lower::qemu
