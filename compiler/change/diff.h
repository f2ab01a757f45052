// SPDX-License-Identifier: Apache-2.0
// Plan x applied state x what was seen -> ChangeSet. Pure and deterministic; nothing is run here.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/change/change_set.h"

namespace vmplan::change {

/// Something that the profile asks for and that will not be done, e.g. a smaller disk. One refusal
/// stops the whole apply before its first step.
struct Refusal {
  std::string id;
  /// One line: what is refused.
  std::string text;
  /// What to do instead.
  std::string help;
};

struct Difference {
  ChangeSet set;
  std::vector<Refusal> refusals;
};

struct DiffOptions {
  /// Nodes that were named as targets. A machine that its guest switched off is then started again,
  /// one whose profile says `on_change = "never"` restarted.
  std::set<std::string, std::less<>> named;
};

/// What would have to happen to `before` so that it becomes `after`.
Difference diff(const Applied& before, const plan::Plan& after, const Observations& observed,
                const DiffOptions& options = {});

/// Leaves only what concerns `ids` and what they rest on, rows and refusals; never a destroy
/// outside `ids`.
void restrict_to(Difference& difference, const plan::Plan& plan,
                 const std::set<std::string, std::less<>>& ids);

}  // namespace vmplan::change
