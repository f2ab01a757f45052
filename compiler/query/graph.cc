// SPDX-License-Identifier: Apache-2.0
#include "compiler/query/graph.h"

namespace vmplan::query {

Graph graph_of(const plan::Plan& plan) {
  Graph graph;
  for (const plan::CommandPlan& node : plan.nodes) {
    graph.nodes.push_back({node.id, node.kind});
    for (const std::string& dep : node.deps) graph.edges.push_back({node.id, dep, false});
    for (const std::string& dep : node.after) graph.edges.push_back({node.id, dep, true});
  }
  return graph;
}

}  // namespace vmplan::query
