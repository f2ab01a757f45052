// SPDX-License-Identifier: Apache-2.0
// Nodes that an unfinished run began and that this one does not continue: machines that may run and
// network devices that may be there although nothing says so, and work that nobody wants any more.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/change/change_set.h"
#include "runtime/exec/lab_host.h"
#include "runtime/state/state_store.h"

namespace vmplan::exec {

using Ids = std::set<std::string, std::less<>>;

/// Counts machines and network devices whose start was cut off or failed as applied, so that they
/// are taken down: nobody knows whether a QEMU or a device came up. Not those of `planned`, which
/// are continued. Nothing is written.
void count_half_started(change::Applied& applied, const std::vector<state::UnfinishedNode>& nodes,
                        const Ids& planned);

/// What settle() has to do before a change set is run.
struct Leftovers {
  /// Machines and network devices that the set takes down and that count as applied from then on.
  std::vector<state::UnfinishedNode> half_started;
  /// What is forgotten, with the files that no step has published.
  std::vector<state::UnfinishedNode> abandoned;
};

/// `scope`: nodes that are settled even though the set has no row of them.
Leftovers leftovers_of(const std::vector<state::UnfinishedNode>& nodes,
                       const change::ChangeSet& set, const Ids& scope);

/// Under the writer's lock. Errors: those of the store; Denied, Io (a file cannot be removed).
Status settle(const Leftovers& leftovers, state::StateStore& store, const LabHost& host);

}  // namespace vmplan::exec
