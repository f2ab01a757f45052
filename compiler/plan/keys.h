// SPDX-License-Identifier: Apache-2.0
// Computing the two digests of nodes. The hashed documents are those of canonical.h.
#pragma once

#include "compiler/plan/plan.h"

namespace vmplan::plan {

/// Fills in the argv_hash of every step of a node and then its `own`. Needs nothing but the node,
/// so units do it in parallel. Requires: no argv is empty.
void seal_own(CommandPlan& node);

/// Fills in `key` of every node, dependencies first.
/// Requires: every `own` is set, every dep exists, the plan has no cycle (throws InternalError
/// otherwise).
void compute_keys(Plan& plan);

/// The key document of a node of `plan`, as canon and explain show it.
std::string key_document_of(const Plan& plan, const CommandPlan& node);

}  // namespace vmplan::plan
