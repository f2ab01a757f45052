// SPDX-License-Identifier: Apache-2.0
// What a run that was cut off left behind: steps with intent and no result are judged, nodes of
// which nothing remains to be done are finished. Runs no step.
#pragma once

#include <string>
#include <vector>

#include "runtime/exec/await_start.h"
#include "runtime/exec/lab_host.h"
#include "runtime/state/state_store.h"

namespace vmplan::exec {

struct Recovered {
  /// Nodes whose last step turned out to be done: they are applied now.
  std::vector<std::string> finished;
  /// Nodes that wait for the next apply, which continues them.
  std::vector<std::string> half_done;
};

/// Under the writer's lock, before the applied state is compared with a plan. Starts under way are
/// waited for until `point`: who is about to stop the machines need not see them ready.
/// Errors: Refused, with the facts, when a step that must not run twice can be judged neither done
/// nor undone; those of the store.
Result<Recovered> recover(state::StateStore& store, const LabHost& host,
                          StartPoint point = StartPoint::Ready);

/// Machines whose first start was cut off or failed count as applied from here on, so that a
/// destroy runs their rollback: nobody knows whether a QEMU came up. For a destroy only; an apply
/// continues them instead. Errors: those of the store.
Status settle_half_started(state::StateStore& store);

}  // namespace vmplan::exec
