// SPDX-License-Identifier: Apache-2.0
// A TOML text as it is written: lines, keys, values and comments, each with its bytes. For those
// who change a text and must keep what its author put there; what a text means is document.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/toml_tokens.h"

namespace vmplan::syntax {

/// One part of a dotted key.
struct KeyPart {
  /// Quotes included.
  Extent extent;
  /// Without quotes and escapes.
  std::string name;
};
using Key = std::vector<KeyPart>;

struct TreeItem;
struct TreeEntry;

/// A comment on a line of its own inside an array.
struct TreeComment {
  Extent extent;
  /// A blank line stands before it.
  bool blank_above = false;
};

struct TreeValue {
  enum class Kind : std::uint8_t { Scalar, Array, InlineTable };

  Kind kind = Kind::Scalar;
  Extent extent;
  /// Of an array.
  std::vector<TreeItem> items;
  /// Of an array: the comment beside `[`, and those between the last item and `]`.
  std::optional<Extent> opening;
  std::vector<TreeComment> closing;
  /// Of an inline table.
  std::vector<TreeEntry> entries;
};

/// An element of an array with the comments that belong to it.
struct TreeItem {
  std::vector<TreeComment> above;
  bool blank_above = false;
  TreeValue value;
  /// The comment that ends its line, on either side of the comma.
  std::optional<Extent> beside;
};

/// `key = value`.
struct TreeEntry {
  Key key;
  TreeValue value;
};

/// One line of the file; several where a value goes on, and where nothing but blanks stands.
struct TreeLine {
  enum class Kind : std::uint8_t { Blank, Comment, Header, Entry };

  Kind kind = Kind::Blank;
  /// Everything, the line end included. A byte order mark belongs to no line.
  Extent extent;
  /// Of a header: its key; `[[...]]` when `repeats`.
  Key header;
  bool repeats = false;
  TreeEntry entry;
  /// Of a comment line the comment; else the one behind header or value.
  std::optional<Extent> comment;
};

struct TomlTree {
  /// Every byte but a byte order mark belongs to one line, in order.
  std::vector<TreeLine> lines;
};

/// nullopt: the text is not built like TOML. Requires: read_toml() accepts the text, so that
/// nesting is limited; then the answer is a tree.
std::optional<TomlTree> toml_tree(std::string_view text);

inline std::string_view slice(std::string_view text, Extent extent) {
  return text.substr(extent.begin, extent.end - extent.begin);
}

}  // namespace vmplan::syntax
