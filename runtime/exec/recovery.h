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

/// How starts under way are waited for.
struct StartWait {
  /// Who is about to stop the machines need not see them ready.
  StartPoint point = StartPoint::Ready;
  SayOf say = {};
};

/// Under the writer's lock, before the applied state is compared with a plan. Returns the nodes
/// whose last step turned out to be done: they are applied now. All others stay unfinished. Errors:
/// Refused, with the facts, when a step that must not run twice can be judged neither done nor
/// undone; those of the store.
Result<std::vector<std::string>> recover(state::StateStore& store, const LabHost& host,
                                         const StartWait& wait = {});

}  // namespace vmplan::exec
