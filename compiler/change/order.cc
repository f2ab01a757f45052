// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/order.h"

#include <algorithm>

namespace vmplan::change {

std::vector<std::string> teardown_order(const Applied& applied) {
  // Depth-first over dependencies gives "dependencies first"; reversed it is the teardown order. A
  // cycle cannot be applied, and would only be cut at its first node.
  std::vector<std::string> order;
  std::set<std::string_view> seen;
  struct Frame {
    const plan::CommandPlan* node;
    std::vector<std::string> next;
  };
  auto edges = [](const plan::CommandPlan& node) {
    std::vector<std::string> ids = node.deps;
    ids.insert(ids.end(), node.after.begin(), node.after.end());
    std::sort(ids.rbegin(), ids.rend());
    return ids;
  };
  for (auto it = applied.rbegin(); it != applied.rend(); ++it) {
    if (!seen.insert(it->first).second) continue;
    std::vector<Frame> stack;
    stack.push_back(Frame{&it->second.node, edges(it->second.node)});
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.next.empty()) {
        order.push_back(top.node->id);
        stack.pop_back();
        continue;
      }
      std::string id = std::move(top.next.back());
      top.next.pop_back();
      auto found = applied.find(id);
      if (found == applied.end() || !seen.insert(found->first).second) continue;
      stack.push_back(Frame{&found->second.node, edges(found->second.node)});
    }
  }
  std::reverse(order.begin(), order.end());
  return order;
}

Ids with_dependants(const Applied& applied, const Ids& ids) {
  std::map<std::string_view, std::vector<std::string_view>> dependants;
  for (const auto& [id, node] : applied)
    for (const std::string& dep : node.node.deps) dependants[dep].push_back(id);
  Ids closed;
  std::vector<std::string> open(ids.begin(), ids.end());
  while (!open.empty()) {
    std::string id = std::move(open.back());
    open.pop_back();
    if (!applied.contains(id) || !closed.insert(id).second) continue;
    for (std::string_view dependant : dependants[id]) open.emplace_back(dependant);
  }
  return closed;
}

Ids with_dependencies(const plan::Plan& plan, const Ids& ids) {
  Ids closed;
  std::vector<std::string> open(ids.begin(), ids.end());
  while (!open.empty()) {
    std::string id = std::move(open.back());
    open.pop_back();
    std::optional<plan::NodeId> found = plan.find(id);
    if (!closed.insert(id).second || !found) continue;
    for (const std::string& dep : plan.nodes[*found].deps) open.push_back(dep);
  }
  return closed;
}

}  // namespace vmplan::change
