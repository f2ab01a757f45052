// SPDX-License-Identifier: Apache-2.0
// What a node says about its machine: where it runs and which step starts it. Pure.
#pragma once

#include <optional>
#include <string>

#include "compiler/plan/command_plan.h"

namespace vmplan::exec {

/// RUN_DIR of the node's probe `vmplan step machine running RUN_DIR`; nullopt when the node is no
/// machine.
std::optional<std::string> run_dir_of(const plan::CommandPlan& node);

/// The step that starts the machine; null when there is none.
const plan::Step* launch_step(const plan::CommandPlan& node);

}  // namespace vmplan::exec
