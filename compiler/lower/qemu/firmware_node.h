// SPDX-License-Identifier: Apache-2.0
// The node of a machine's UEFI variables: an empty flash, made once and never overwritten.
#pragma once

#include "compiler/lower/lab_facts.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::lower::qemu {

/// "firmware/<vm>".
std::string firmware_id(const model::Vm& vm);

/// Requires: has_firmware_vars(vm).
plan::CommandPlan firmware_node(const model::Vm& vm, const LabFacts& facts);

}  // namespace vmplan::lower::qemu
