// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/keys.h"

#include <fmt/format.h>

#include "compiler/base/result.h"
#include "compiler/plan/canonical.h"

namespace vmplan::plan {

void seal_own(CommandPlan& node) {
  Sha256 hasher;
  for (auto* steps : {&node.commands, &node.rollback, &node.probe})
    for (Step& step : *steps) step.argv_hash = argv_hash(step.argv, hasher);
  node.own = sha256(own_document(node), hasher);
}

std::string key_document_of(const Plan& plan, const CommandPlan& node) {
  std::vector<DepIdentity> deps;
  deps.reserve(node.deps.size());
  for (const std::string& id : node.deps) {
    std::optional<NodeId> dep = plan.find(id);
    if (!dep)
      throw InternalError(fmt::format("{} depends on {}, which is not in the plan", node.id, id));
    deps.emplace_back(id, identity(plan.nodes[*dep]));
  }
  return key_document(node.own, deps);
}

void compute_keys(Plan& plan) {
  std::optional<std::vector<NodeId>> order = topological_order(plan);
  if (!order) throw InternalError("the plan has a cycle");
  Sha256 hasher;
  for (NodeId id : *order) {
    CommandPlan& node = plan.nodes[id];
    node.key = sha256(key_document_of(plan, node), hasher);
  }
}

}  // namespace vmplan::plan
