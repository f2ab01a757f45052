// SPDX-License-Identifier: Apache-2.0
// A change set as work items with edges: who must be undone before whom, who must be there before
// whom. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/change/change_set.h"
#include "runtime/exec/scheduler.h"
#include "runtime/state/records.h"

namespace vmplan::exec {

/// One node's rollback or commands; a row that is only recorded is an item without steps.
struct WorkItem {
  enum class Kind : std::uint8_t {
    Undo,    ///< run the rollback of `before`
    Do,      ///< run the commands of `after`
    Record,  ///< write or forget the row in the state
    Gate,    ///< no work: everything before it has ended
  };
  Kind kind = Kind::Gate;
  /// Index into ChangeSet::rows; meaningless for a gate.
  std::size_t row = 0;
  /// The first item of its node: work on it begins here.
  bool is_first = true;
  /// The last item of its node: the state changes here.
  bool is_last = true;
};

struct Work {
  DenseMap<ItemId, WorkItem> items;
  std::vector<Edge> edges;
};

/// What the change set does not say about the world.
struct WorkFacts {
  /// Ids of applied processes that run although their row says rerun.
  std::set<std::string, std::less<>> still_running;
};

/// Whether a teardown runs no rollback, but leaves the node's file where it is: somebody else's
/// always, vmplan's own unless disks are to be removed, or the file is replaced.
bool keeps_file(const change::AppliedNode& node, change::Action action, bool remove_disks);

/// Items in the order of the rows, undo before do. Edges:
/// undo(X) needs undo of what rests on X; do(X) needs do of its deps and its own undo; `after`
/// orders both likewise; creates come after all destroys.
Work work_of(const change::ChangeSet& set, const WorkFacts& facts = {});

}  // namespace vmplan::exec
