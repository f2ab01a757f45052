// SPDX-License-Identifier: Apache-2.0
// vmplan graph: the DAG as DOT or JSON.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/query/graph.h"
#include "runtime/render/dot.h"

namespace vmplan::cli {
namespace {

Json graph_json(const query::Graph& graph) {
  JsonArray nodes;
  for (const query::GraphNode& node : graph.nodes)
    nodes.push_back(json_object({{"id", node.id}, {"kind", node.kind}}));
  JsonArray edges;
  for (const query::GraphEdge& edge : graph.edges)
    edges.push_back(
        json_object({{"from", edge.from}, {"order_only", edge.order_only}, {"to", edge.to}}));
  return json_object({{"edges", std::move(edges)}, {"nodes", std::move(nodes)}});
}

}  // namespace

int cmd_graph(Context& context) {
  std::optional<std::string> path = only_path(context);
  if (!path) return kError;
  std::unique_ptr<build::LabBuild> built = compile_sound_lab(context, *path);
  if (built == nullptr) return kError;
  query::Graph graph = query::graph_of(built->compiled->plan);
  if (context.format == Format::Json) {
    context.terminal.json(graph_json(graph));
    return kDone;
  }
  Result<std::string> dot = drawing::to_dot(graph);
  if (!dot) {
    context.terminal.error(dot.error().text());
    return kError;
  }
  context.terminal.out(*dot);
  return kDone;
}

}  // namespace vmplan::cli
