// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/node.h"

#include <algorithm>

#include "compiler/base/text.h"
#include "compiler/plan/judge.h"
#include "compiler/plan/keys.h"

namespace vmplan::lower {

void finish(plan::CommandPlan& node) {
  for (auto* ids : {&node.deps, &node.after}) {
    std::sort(ids->begin(), ids->end());
    ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  }
  // A lab holds its nodes until the end, thousands of them.
  for (auto* steps : {&node.commands, &node.rollback, &node.probe}) {
    steps->shrink_to_fit();
    for (plan::Step& step : *steps) step.argv.shrink_to_fit();
  }
  plan::apply_judgement(node);
  for (const plan::Step& step : node.commands)
    node.display.steps.push_back(shell_quoted(step.argv));
  plan::seal_own(node);
}

}  // namespace vmplan::lower
