// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/plan.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace vmplan::plan {

std::optional<NodeId> Plan::find(std::string_view id) const {
  auto before = [](const CommandPlan& node, std::string_view wanted) { return node.id < wanted; };
  auto it = std::lower_bound(nodes.begin(), nodes.end(), id, before);
  if (it == nodes.end() || it->id != id) return std::nullopt;
  return NodeId{static_cast<std::uint32_t>(it - nodes.begin())};
}

Digest plan_hash(const Plan& plan) {
  Sha256 hash;
  for (const CommandPlan& node : plan.nodes)
    hash.update(node.id).update(" ").update(node.key.text()).update("\n");
  return hash.finish();
}

std::optional<std::vector<NodeId>> topological_order(const Plan& plan) {
  std::size_t count = plan.nodes.size();
  std::vector<std::vector<std::uint32_t>> dependants(count);
  std::vector<std::size_t> waiting(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const CommandPlan& node = plan.nodes[NodeId{i}];
    for (const auto* ids : {&node.deps, &node.after}) {
      for (const std::string& id : *ids) {
        std::optional<NodeId> dep = plan.find(id);
        if (!dep) continue;
        dependants[dep->index].push_back(i);
        ++waiting[i];
      }
    }
  }
  // Nodes are sorted by id, so the smallest ready index is the smallest ready id.
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
  for (std::uint32_t i = 0; i < count; ++i)
    if (waiting[i] == 0) ready.push(i);
  std::vector<NodeId> order;
  order.reserve(count);
  while (!ready.empty()) {
    std::uint32_t next = ready.top();
    ready.pop();
    order.push_back(NodeId{next});
    for (std::uint32_t dependant : dependants[next])
      if (--waiting[dependant] == 0) ready.push(dependant);
  }
  if (order.size() != count) return std::nullopt;
  return order;
}

}  // namespace vmplan::plan
