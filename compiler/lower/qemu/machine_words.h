// SPDX-License-Identifier: Apache-2.0
// The words of a command line that make the machine itself: type, accelerator, processors, memory,
// firmware.
#pragma once

#include "compiler/lower/qemu/words.h"
#include "compiler/model/lab.h"

namespace vmplan::lower::qemu {

/// Nothing that QEMU would add by itself, and no system call that a machine does not need.
void append_confinement(Argv& argv);
void append_machine(Argv& argv, const model::Vm& vm);
void append_processors(Argv& argv, const model::Vm& vm);
void append_memory(Argv& argv, const model::Vm& vm);
/// Block nodes of UEFI code and variables, where the machine boots with them.
void append_firmware(Argv& argv, const model::Vm& vm);
/// Direct kernel boot, or what stands in for it where the machine type boots nothing by itself.
void append_kernel(Argv& argv, const model::Vm& vm);

/// True when the machine has UEFI firmware with variables of its own.
bool has_firmware_vars(const model::Vm& vm);

}  // namespace vmplan::lower::qemu
