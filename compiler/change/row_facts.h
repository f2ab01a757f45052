// SPDX-License-Identifier: Apache-2.0
// What follows from a node or a row by itself, and is asked in more than one place.
#pragma once

#include "compiler/change/change_set.h"

namespace vmplan::change {

/// A kind that this version does not know is treated as data: nothing is ever done to it.
plan::KindClass class_of(const plan::CommandPlan& node);
bool is_process(const plan::CommandPlan& node);
bool is_data(const plan::CommandPlan& node);
bool is_link(const plan::CommandPlan& node);

/// True when the action runs steps.
bool runs_steps(Action action);

/// The risk of what the row will run, not of all the node could do.
plan::Risk row_risk(const Row& row);

}  // namespace vmplan::change
