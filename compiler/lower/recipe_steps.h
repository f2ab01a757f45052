// SPDX-License-Identifier: Apache-2.0
// A recipe as steps: an empty directory, the programs, the result into the store.
#pragma once

#include "compiler/lower/lab_facts.h"
#include "compiler/lower/unit.h"

namespace vmplan::lower {

/// `unit` gets what the steps read from standard input. Requires: the image has a recipe.
void add_recipe(plan::CommandPlan& node, const LabFacts& facts, const model::Image& image,
                Unit& unit);

}  // namespace vmplan::lower
