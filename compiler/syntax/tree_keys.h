// SPDX-License-Identifier: Apache-2.0
// Every mention of a key in a text, with the place in the document that it means: `[a]` with `b`,
// `a.b = 1` and `a = { b = 1 }` all mention a.b.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/toml_tree.h"

namespace vmplan::syntax {

/// One step from a table to a member, or from an array to an element.
struct Step {
  static constexpr std::size_t kMember = static_cast<std::size_t>(-1);

  /// Empty for an element.
  std::string name;
  /// Of an element, from 0.
  std::size_t index = kMember;

  friend auto operator<=>(const Step&, const Step&) = default;
};
using TreePath = std::vector<Step>;

struct KeyMention {
  /// To the key, from the root.
  const TreePath& path;
  const KeyPart& part;
  /// The line that holds it, as an index into TomlTree::lines.
  std::size_t line = 0;
  /// What the key is set to; null for a header, or for a part that only leads to the key.
  const TreeValue* value = nullptr;
  /// True when the line says nothing but this key: neither dots nor an inline table around it.
  bool alone = false;
};

/// In the order of the text.
void visit_keys(const TomlTree& tree, const std::function<void(const KeyMention&)>& visit);

/// `pattern` has names with dots between them; `disks[]` stands for every element of `disks`.
bool path_matches(std::string_view pattern, const TreePath& path);

/// Names with dots between them, elements left out.
std::string path_text(const TreePath& path);

}  // namespace vmplan::syntax
