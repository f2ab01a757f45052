// SPDX-License-Identifier: Apache-2.0
// Laying one table over another. It knows TOML's shapes and no schema but this: tables in a list
// are told apart by their `name`.
#pragma once

#include "compiler/syntax/document.h"

namespace vmplan::syntax {

/// `over` laid over `base`: tables are merged key by key, lists of tables item by item of one
/// `name` (those of `base` first, in its order), and of everything else `over` wins. Places stay
/// those of the file that each value comes from.
Value merged(const Value& base, const Value& over);

}  // namespace vmplan::syntax
