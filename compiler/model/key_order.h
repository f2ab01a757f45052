// SPDX-License-Identifier: Apache-2.0
// The order of keys that the field tables imply, for the formatter.
#pragma once

#include <vector>

#include "compiler/syntax/format_toml.h"

namespace vmplan::model {

/// One row per section of a profile or of vmplan.toml; no two files use one section differently.
/// Announced fields are in it.
std::vector<syntax::TableKeys> key_order();

}  // namespace vmplan::model
