// SPDX-License-Identifier: Apache-2.0
// The node of one disk: made beside its place and published without ever overwriting, or expected
// to be there.
#pragma once

#include "compiler/lower/lab_facts.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::lower::qemu {

/// "disk/<vm>/<disk>".
std::string disk_id(const model::Vm& vm, const model::Disk& disk);

plan::CommandPlan disk_node(const model::Vm& vm, const model::Disk& disk, const LabFacts& facts);

}  // namespace vmplan::lower::qemu
