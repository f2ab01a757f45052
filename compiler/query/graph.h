// SPDX-License-Identifier: Apache-2.0
// A plan as a picture wants it: boxes, arrows, groups. Drawing is runtime/render/.
#pragma once

#include <string>
#include <vector>

#include "compiler/plan/plan.h"

namespace vmplan::query {

struct GraphNode {
  std::string id;
  std::string kind;
};

struct GraphEdge {
  /// Rests on `to`, or only comes after it.
  std::string from;
  std::string to;
  bool order_only = false;
};

struct Graph {
  /// Sorted by id.
  std::vector<GraphNode> nodes;
  /// Sorted by from, then to.
  std::vector<GraphEdge> edges;
};

Graph graph_of(const plan::Plan& plan);

}  // namespace vmplan::query
