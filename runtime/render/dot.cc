// SPDX-License-Identifier: Apache-2.0
// The only file that includes Graphviz. It is loaded with dlopen: linking it would cost every
// command some milliseconds.
#include "runtime/render/dot.h"

#include <dlfcn.h>
#include <graphviz/cgraph.h>

#include <map>

namespace vmplan::drawing {
namespace {

/// The functions of libcgraph that are used here.
struct Cgraph {
  decltype(&::agopen) open = nullptr;
  decltype(&::agclose) close = nullptr;
  decltype(&::agnode) node = nullptr;
  decltype(&::agedge) edge = nullptr;
  decltype(&::agsafeset) set = nullptr;
  decltype(&::agattr) declare = nullptr;
  decltype(&::agwrite) write = nullptr;
  Agdesc_t* directed = nullptr;
  Agiddisc_t* ids = nullptr;
};

template <class Symbol>
bool load(void* library, const char* name, Symbol& symbol) {
  symbol = reinterpret_cast<Symbol>(::dlsym(library, name));
  return symbol != nullptr;
}

Result<Cgraph> load_cgraph() {
  void* library = ::dlopen("libcgraph.so.6", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(ErrorKind::NotFound,
                "libcgraph.so.6 cannot be loaded; install the package libcgraph6");
  Cgraph loaded;
  bool complete =
      load(library, "agopen", loaded.open) && load(library, "agclose", loaded.close) &&
      load(library, "agnode", loaded.node) && load(library, "agedge", loaded.edge) &&
      load(library, "agsafeset", loaded.set) && load(library, "agattr", loaded.declare) &&
      load(library, "agwrite", loaded.write) &&
      load(library, "Agstrictdirected", loaded.directed) && load(library, "AgIdDisc", loaded.ids);
  if (!complete)
    return fail(ErrorKind::NotFound, "libcgraph.so.6 is of another version than vmplan knows");
  return loaded;
}

/// cgraph writes through a table of functions; ours append to a string.
int append_text(void* to, const char* text) {
  *static_cast<std::string*>(to) += text;
  return 0;
}
int flush_text(void*) { return 0; }

const char* shape_of(std::string_view kind) {
  if (kind == "disk") return "cylinder";
  if (kind == "image") return "folder";
  return "box";
}

/// cgraph takes names as char*, and does not change them.
char* word(const char* text) { return const_cast<char*>(text); }
char* word(const std::string& text) { return word(text.c_str()); }

}  // namespace

Result<std::string> to_dot(const query::Graph& graph) {
  Result<Cgraph> loaded = load_cgraph();
  if (!loaded) return fail(std::move(loaded.error()));
  const Cgraph& cgraph = *loaded;
  Agiodisc_t io{nullptr, append_text, flush_text};
  Agdisc_t discipline{nullptr, cgraph.ids, &io};
  Agraph_t* drawn = cgraph.open(word("vmplan"), *cgraph.directed, &discipline);
  cgraph.declare(drawn, AGRAPH, word("rankdir"), word("LR"));
  cgraph.declare(drawn, AGNODE, word("shape"), word("box"));
  cgraph.declare(drawn, AGEDGE, word("style"), word("solid"));
  std::map<std::string_view, Agnode_t*> nodes;
  for (const query::GraphNode& node : graph.nodes) {
    Agnode_t* made = cgraph.node(drawn, word(node.id), 1);
    cgraph.set(made, word("shape"), word(shape_of(node.kind)), word(""));
    nodes[node.id] = made;
  }
  for (const query::GraphEdge& edge : graph.edges) {
    Agedge_t* made = cgraph.edge(drawn, nodes.at(edge.from), nodes.at(edge.to), nullptr, 1);
    if (edge.order_only) cgraph.set(made, word("style"), word("dashed"), word(""));
  }
  std::string out;
  cgraph.write(drawn, &out);
  cgraph.close(drawn);
  return out;
}

}  // namespace vmplan::drawing
