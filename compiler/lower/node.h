// SPDX-License-Identifier: Apache-2.0
// Finishing a node: everything about it that follows from what is already there.
#pragma once

#include "compiler/plan/command_plan.h"

namespace vmplan::lower {

/// Sorts the edges, writes the judgement, one display line per step, the argv hashes and `own`.
/// Requires: id, kind, steps, inputs, outputs, spec are final.
void finish(plan::CommandPlan& node);

}  // namespace vmplan::lower
