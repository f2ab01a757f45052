// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/machine_node.h"

namespace vmplan::exec {

std::optional<std::string> run_dir_of(const plan::CommandPlan& node) {
  for (const plan::Step& step : node.probe)
    if (step.is_builtin() && step.argv.size() >= 5 && step.argv[2] == "machine" &&
        step.argv[3] == "running")
      return step.argv[4];
  return std::nullopt;
}

const plan::Step* launch_step(const plan::CommandPlan& node) {
  for (const plan::Step& step : node.commands)
    if (step.mode == plan::StepMode::Daemon) return &step;
  return nullptr;
}

}  // namespace vmplan::exec
