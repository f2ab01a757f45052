// SPDX-License-Identifier: Apache-2.0
// Two texts compared line by line, as patch(1) reads it.
#pragma once

#include <string>
#include <string_view>

namespace vmplan {

/// A unified diff with three lines of context; empty when the texts are equal. The shortest one,
/// unless the texts differ in thousands of places. `name` stands in both headings.
std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace vmplan
