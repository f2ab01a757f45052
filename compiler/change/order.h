// SPDX-License-Identifier: Apache-2.0
// Orders and closures over nodes: who goes first when things are taken away, and what comes along.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/change/change_set.h"

namespace vmplan::change {

using Ids = std::set<std::string, std::less<>>;

/// Ids of `applied` so that each comes before what it rests on or was started after; ties by id.
std::vector<std::string> teardown_order(const Applied& applied);

/// `ids` and every applied node that rests on one of them.
Ids with_dependants(const Applied& applied, const Ids& ids);

/// `ids` and every planned node that they rest on.
Ids with_dependencies(const plan::Plan& plan, const Ids& ids);

}  // namespace vmplan::change
