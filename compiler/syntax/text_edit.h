// SPDX-License-Identifier: Apache-2.0
// Changes of a text at given places, so that everything else stays byte for byte.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/toml_tokens.h"

namespace vmplan::syntax {

/// `text` takes the place of the extent, which may be empty.
struct TextEdit {
  Extent extent;
  std::string text;
};

/// Several insertions at one place are made in the order given, before what stands there. Requires:
/// no two extents overlap.
std::string apply_edits(std::string_view text, std::vector<TextEdit> edits);

}  // namespace vmplan::syntax
