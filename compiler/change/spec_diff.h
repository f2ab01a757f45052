// SPDX-License-Identifier: Apache-2.0
// Attribute-level differences of two `spec` documents. Pure text work; effects are judged
// elsewhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/json.h"
#include "compiler/change/change_set.h"

namespace vmplan::change {

/// Sorted by path. Items of a list are paired by their `name` member where every item has one
/// ("disks.root.format"), by position otherwise.
std::vector<AttributeChange> spec_diff(const Json& before, const Json& after);

/// A value as both texts for people show it; "(none)" where there is none.
std::string value_text(const std::optional<Json>& value);

}  // namespace vmplan::change
