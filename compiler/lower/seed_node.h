// SPDX-License-Identifier: Apache-2.0
// The node that makes what a guest's cloud-init reads: a small disk that holds nothing of the
// user's, and is made anew whenever anything about it changes.
#pragma once

#include <string>

#include "compiler/model/lab.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::lower {

std::string seed_id(const model::Vm& vm);

/// Requires: the machine has a `cloud_init`.
plan::CommandPlan seed_node(const model::Vm& vm);

}  // namespace vmplan::lower
