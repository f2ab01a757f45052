// SPDX-License-Identifier: Apache-2.0
// What must hold of every plan, recomputed from its bytes. Runs in every test helper, on every plan
// that is read, and before apply.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/plan/plan.h"

namespace vmplan::plan {

/// Everything that is wrong with one node, apart from its place in the plan.
std::vector<std::string> node_problems(const CommandPlan& node,
                                       const std::vector<std::string>& paths_allow);

/// The same of a node that was applied, perhaps by an older version: digests, steps and paths must
/// be right before its rollback runs, but what is in no digest may be what that version thought of
/// them. Whoever shows or asks judges the node anew.
std::vector<std::string> stored_node_problems(const CommandPlan& node,
                                              const std::vector<std::string>& paths_allow);

/// Everything that is wrong with the plan, one sentence each, in order of id.
std::vector<std::string> problems(const Plan& plan);

/// Errors: Corrupt, listing the first problems.
Status verify(const Plan& plan);

/// An id: `[A-Za-z0-9._/-]+`, without empty, `.` or `..` segments.
bool is_node_id(std::string_view id);

}  // namespace vmplan::plan
