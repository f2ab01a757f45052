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

/// Both sides as all texts for people show them: `1 -> 2`, "(none)" where there is none;
/// "(sensitive, changed)" of a secret.
std::string change_text(const AttributeChange& change);

}  // namespace vmplan::change
