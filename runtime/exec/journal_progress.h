// SPDX-License-Identifier: Apache-2.0
// Where a node that was cut off goes on, read from its journal. Pure.
#pragma once

#include <vector>

#include "compiler/plan/command_plan.h"
#include "runtime/state/records.h"

namespace vmplan::exec {

struct Progress {
  /// The step after the last finished one that must not run twice. Finished steps from here on are
  /// repeatable and run again: after a power cut their files may hold less than the journal knows.
  std::size_t first = 0;
  /// Every step has run to its end.
  bool complete = false;
  /// A step took over what was already there.
  bool adopted = false;
};

/// Rows of other steps (another plan's) count for nothing.
Progress progress_of(const std::vector<plan::Step>& steps, state::Phase phase,
                     const std::vector<state::JournalRow>& journal);

/// The step that a row is about; null when `steps` has no such step.
const plan::Step* step_of(const std::vector<plan::Step>& steps, const state::JournalRow& row);

}  // namespace vmplan::exec
