// SPDX-License-Identifier: Apache-2.0
// The state of a host on which a whole plan is applied.
#pragma once

#include "compiler/change/diff.h"
#include "compiler/plan/plan.h"

namespace vmplan::test {

inline change::Applied applied(const plan::Plan& plan) {
  change::Applied out;
  for (const plan::CommandPlan& node : plan.nodes)
    out.emplace(node.id, change::AppliedNode{node, false, false});
  return out;
}

}  // namespace vmplan::test
