// SPDX-License-Identifier: Apache-2.0
// A TOML text in vmplan's style. Every comment is kept, nothing means anything else afterwards, and
// formatting twice is formatting once. It knows no schema: the order of keys is handed in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace vmplan::syntax {

/// The keys that a table may have, in the order in which they are to stand.
struct TableKeys {
  /// Names of the table, outermost first; empty for the root; `*` is any name.
  std::vector<std::string_view> table;
  std::vector<std::string_view> keys;
};

/// One blank line before each table with its comments, at most one elsewhere, none after a header;
/// `key = value`; two spaces before a comment that follows something; arrays as in toml_layout.h;
/// LF, no byte order mark.
/// Keys are put in the order of `known`, and others after them, where nothing but keys stands from
/// the first to the last of a table. A blank line or a comment between keys is a sign that somebody
/// ordered them on purpose. Tables stay where they are.
/// Errors: everything that read_toml() refuses; FileTooLarge also when the result would be.
std::optional<std::string> format_toml(const SourceMap& sources, SourceId id,
                                       std::span<const TableKeys> known, Diagnostics& diagnostics);

}  // namespace vmplan::syntax
