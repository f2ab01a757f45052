// SPDX-License-Identifier: Apache-2.0
// Joining units into a plan: the only serial phase after resolution. Checks what crosses units,
// computes keys.
#pragma once

#include <optional>
#include <vector>

#include "compiler/lower/unit.h"
#include "compiler/model/lab.h"
#include "compiler/plan/plan.h"

namespace vmplan::lower {

/// The plan of a lab from its units. The order of units does not matter.
/// Requires: ids are unique over all units and edges name existing nodes (throws InternalError
/// otherwise: the rules of the model make sure of it).
plan::Plan link(const model::Lab& lab, std::vector<Unit> units);

}  // namespace vmplan::lower
