// SPDX-License-Identifier: Apache-2.0
// One machine, as written and found without fault -> complete. It reports nothing.
#pragma once

#include "compiler/model/input_digests.h"
#include "compiler/model/rules/scope.h"

namespace vmplan::model {

/// Requires: every rule was checked and none was broken; the kernel's files are known to `inputs`.
/// The warnings of its rules are left to the caller.
Vm complete_vm(const MachineScope& machine, const DenseMap<ImageId, Image>& images,
               const InputDigests& inputs);

}  // namespace vmplan::model
