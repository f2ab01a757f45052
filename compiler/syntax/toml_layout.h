// SPDX-License-Identifier: Apache-2.0
// How keys, values and comments look in vmplan's style. It depends on what is written, never on how
// it was laid out before, so that a second run finds nothing to do. Lines are format_toml.h.
#pragma once

#include <string>
#include <string_view>

#include "compiler/syntax/toml_tree.h"

namespace vmplan::syntax {

/// Units: columns, which are code points.
inline constexpr std::size_t kTomlWidth = 100;

/// Bare where quotes say nothing; no blanks around dots.
std::string key_text(std::string_view text, const Key& key);

/// Without the blanks at its end.
std::string comment_text(std::string_view text, Extent comment);

/// An array stands on one line when the line then fits and no comment is in it, else one element a
/// line. `column` is where the value starts. Requires: `value` is of the tree of `text`.
std::string value_text(std::string_view text, const TreeValue& value, std::size_t column);

}  // namespace vmplan::syntax
