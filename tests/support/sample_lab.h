// SPDX-License-Identifier: Apache-2.0
// Small labs built as values, for tests that do not want to go through TOML.
#pragma once

#include <string>

#include "compiler/model/lab.h"
#include "compiler/plan/plan.h"

namespace vmplan::test {

/// A TCG machine with one made qcow2 disk, one user NIC, QMP and no kernel.
model::Vm sample_vm(const std::string& name);

/// A lab without machines, on a fixed TCG platform.
model::Lab sample_lab();

/// Lowers and links every machine; verifies the plan.
plan::Plan plan_of(const model::Lab& lab);

/// The node, or a thrown exception that names it.
const plan::CommandPlan& node_of(const plan::Plan& plan, const std::string& id);

}  // namespace vmplan::test
