// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/journal_progress.h"

namespace vmplan::exec {

const plan::Step* step_of(const std::vector<plan::Step>& steps, const state::JournalRow& row) {
  const int index = row.intent.step_index;
  if (index < 0 || static_cast<std::size_t>(index) >= steps.size()) return nullptr;
  const plan::Step& step = steps[static_cast<std::size_t>(index)];
  return step.step_id == row.intent.step_id && step.argv_hash == row.intent.argv_hash ? &step
                                                                                      : nullptr;
}

Progress progress_of(const std::vector<plan::Step>& steps, state::Phase phase,
                     const std::vector<state::JournalRow>& journal) {
  Progress progress;
  bool last_done = steps.empty();
  for (const state::JournalRow& row : journal) {
    const plan::Step* step = row.intent.phase == phase ? step_of(steps, row) : nullptr;
    if (step == nullptr) continue;
    const auto index = static_cast<std::size_t>(row.intent.step_index);
    const bool took_effect = row.outcome && state::took_effect(row.outcome->end);
    if (took_effect && row.outcome->end == state::StepEnd::Adopted) progress.adopted = true;
    if (took_effect && !step->idempotent && index + 1 > progress.first) progress.first = index + 1;
    last_done = index + 1 == steps.size() && took_effect;
  }
  progress.complete = last_done;
  return progress;
}

}  // namespace vmplan::exec
