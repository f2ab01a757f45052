// SPDX-License-Identifier: Apache-2.0
// The schemas that are written by hand, as the build found them in schemas/. What they describe is
// not known here.
#pragma once

#include <span>
#include <string_view>

namespace vmplan::cli {

struct SchemaText {
  /// "plan" for schemas/plan.schema.json.
  std::string_view name;
  /// The file's bytes.
  std::string_view text;
};

/// Sorted by name.
std::span<const SchemaText> schema_texts();

}  // namespace vmplan::cli
