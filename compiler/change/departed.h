// SPDX-License-Identifier: Apache-2.0
// What becomes of applied nodes that are not planned any more, or that somebody asked to take away.
// Files that hold data stay unless their removal was asked for and nobody else has them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/change/change_set.h"
#include "compiler/change/diff.h"

namespace vmplan::change {

/// Appends a row for every applied node that is not in the plan, dependants first.
void append_departed_rows(const Applied& before, const plan::Plan& after,
                          const Observations& observed, ChangeSet& set);

/// Takes applied nodes away: `ids` and everything that rests on them. Disks keep their files unless
/// `remove_disks`; a file that another applied node has, that was adopted, or that vmplan did not
/// make stays all the same.
ChangeSet destroy_set(const Applied& before, const std::set<std::string, std::less<>>& ids,
                      bool remove_disks);

/// A refusal for every node that the set would take away although it was applied with
/// `prevent_destroy`. What counts is what was applied, so that deleting a profile lifts nothing.
std::vector<Refusal> protected_nodes(const ChangeSet& set);

}  // namespace vmplan::change
