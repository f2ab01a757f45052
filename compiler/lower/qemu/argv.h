// SPDX-License-Identifier: Apache-2.0
// The command line of one machine. Order and rules: docs/plan-format.md, "QEMU argv".
#pragma once

#include <string>
#include <vector>

#include "compiler/model/lab.h"

namespace vmplan::lower::qemu {

/// argv of QEMU for `vm`, argv[0] included. Paths are lab-relative.
std::vector<std::string> machine_argv(const model::Vm& vm);

}  // namespace vmplan::lower::qemu
