// SPDX-License-Identifier: Apache-2.0
// A Graph as DOT text, written by Graphviz' own library so that every name is quoted as Graphviz
// reads it.
#pragma once

#include <string>

#include "compiler/base/result.h"
#include "compiler/query/graph.h"

namespace vmplan::drawing {

/// Loads libcgraph on first use: it must not cost other commands their start-up.
/// Errors: NotFound when the library is not installed, naming the package.
Result<std::string> to_dot(const query::Graph& graph);

}  // namespace vmplan::drawing
