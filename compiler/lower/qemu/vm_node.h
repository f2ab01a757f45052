// SPDX-License-Identifier: Apache-2.0
// The node of one machine: `vm/X` means that it runs.
#pragma once

#include "compiler/lower/lab_facts.h"
#include "compiler/model/lab.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::lower::qemu {

/// "vm/<name>".
std::string vm_id(const model::Vm& vm);

plan::CommandPlan vm_node(const model::Vm& vm, const LabFacts& facts);

/// Typed attributes of a machine, for attribute-level diffs.
Json vm_spec(const model::Vm& vm);

}  // namespace vmplan::lower::qemu
