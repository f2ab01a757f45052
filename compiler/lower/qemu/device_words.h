// SPDX-License-Identifier: Apache-2.0
// The words of a command line that make devices: for each its back end first, then its port, then
// the device itself.
#pragma once

#include "compiler/lower/qemu/words.h"
#include "compiler/model/lab.h"

namespace vmplan::lower::qemu {

void append_disks(Argv& argv, const model::Vm& vm);
/// What cloud-init reads, as a disk that the guest cannot write to.
void append_seed(Argv& argv, const model::Vm& vm);
/// Directories of the host, over 9p.
void append_shares(Argv& argv, const model::Vm& vm);
void append_nics(Argv& argv, const model::Vm& vm);
/// Balloon and random numbers.
void append_other_devices(Argv& argv, const model::Vm& vm);

}  // namespace vmplan::lower::qemu
