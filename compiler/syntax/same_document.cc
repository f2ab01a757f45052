// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/same_document.h"

#include <algorithm>

namespace vmplan::syntax {
namespace {

std::string_view spelling(const SourceMap& sources, const Value& value) {
  return sources.text(value.span.source)
      .substr(value.span.begin, value.span.end - value.span.begin);
}

std::vector<const Member*> by_key(const Value& table) {
  std::vector<const Member*> out;
  for (const Member& member : table.members) out.push_back(&member);
  std::sort(out.begin(), out.end(),
            [](const Member* a, const Member* b) { return a->key < b->key; });
  return out;
}

/// Both trees with what their places point into.
struct Comparison {
  const SourceMap& sources_a;
  const SourceMap& sources_b;

  bool same(const Value& a, const Value& b) const {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
      case Value::Kind::String:
        return a.text == b.text;
      case Value::Kind::Integer:
        return a.integer == b.integer;
      case Value::Kind::Boolean:
        return a.boolean == b.boolean;
      case Value::Kind::Float:
      case Value::Kind::DateTime:
        return spelling(sources_a, a) == spelling(sources_b, b);
      case Value::Kind::Array:
        return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                          [&](const Value& x, const Value& y) { return same(x, y); });
      case Value::Kind::Table:
        break;
    }
    const std::vector<const Member*> left = by_key(a);
    const std::vector<const Member*> right = by_key(b);
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](const Member* x, const Member* y) {
                        return x->key == y->key && same(x->value, y->value);
                      });
  }
};

}  // namespace

bool same_document(const SourceMap& sources_a, const Document& a, const SourceMap& sources_b,
                   const Document& b) {
  return Comparison{sources_a, sources_b}.same(a.root, b.root);
}

}  // namespace vmplan::syntax
