// SPDX-License-Identifier: Apache-2.0
// What an edit of one node means, judged by the class of its kind.
#pragma once

#include <optional>
#include <string>

#include "compiler/change/change_set.h"
#include "compiler/change/diff.h"

namespace vmplan::change {

/// The judgement of one node whose own digest changed.
struct Verdict {
  Action action = Action::Record;
  std::string reason;
  std::optional<Refusal> refusal;
};

/// Requires: same id, and `before.own != after.own`.
Verdict classify_own(const plan::CommandPlan& before, const plan::CommandPlan& after);

/// True when a held data node cannot be used by dependants as they are planned now: they would open
/// it at another path or with another format.
bool hold_blocks_dependants(const plan::CommandPlan& before, const plan::CommandPlan& after);

}  // namespace vmplan::change
