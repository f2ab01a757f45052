// SPDX-License-Identifier: Apache-2.0
// Runs one work item: its node's steps in order, each with intent before and result after, then the
// node's new record.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/change/change_set.h"
#include "runtime/exec/events.h"
#include "runtime/exec/executor.h"
#include "runtime/exec/preflight.h"
#include "runtime/exec/step_runner.h"
#include "runtime/exec/work.h"

namespace vmplan::exec {

/// What every item of a run may look at; nothing here changes during the run.
struct RunFacts {
  state::RunId run = 0;
  const change::ChangeSet& set;
  const change::Applied& applied;
  const KeyDocuments& key_documents;
  /// Nodes that earlier runs left half-done, by id.
  const std::map<std::string, state::UnfinishedNode, std::less<>>& unfinished;
  bool remove_disks = false;
};

/// Thread-safe: items of different nodes may run at once.
class ItemRunner {
 public:
  ItemRunner(const RunFacts& facts, state::StateStore& store, StepRunner& steps,
             const LabHost& host, EventStream& events)
      : facts_(facts), store_(store), steps_(steps), host_(host), events_(events) {}

  struct Done {
    /// The node took over something that was already there.
    bool adopted = false;
  };
  /// Errors: those of the step that failed, with the step as context; Interrupted; those of the
  /// store.
  Result<Done> run(const WorkItem& item);

 private:
  const change::Row& row(const WorkItem& item) const { return facts_.set.rows[item.row]; }
  Status record(const change::Row& row);
  Result<Done> undo(const WorkItem& item);
  Result<Done> redo(const WorkItem& item);
  /// The end of a teardown: the node is forgotten, kept, or on its way to its new form.
  Status record_undone(const WorkItem& item, bool file_stays);
  /// The node as it will be recorded.
  state::AppliedRecord record_after(const change::Row& row) const;
  /// The node as it is written down while work on it is not finished.
  state::PendingNode pending(const change::Row& row) const;
  /// What an earlier run left of the same work; empty when there is none.
  const std::vector<state::JournalRow>& journal_of(const change::Row& row) const;
  /// Says that work on a node begins.
  Status begin(const change::Row& row);

  struct StepList {
    const plan::CommandPlan& node;
    const std::vector<plan::Step>& steps;
    state::Phase phase;
  };
  Result<Done> run_steps(const StepList& list, const std::vector<state::JournalRow>& journal);
  Result<state::StepEnd> run_step(const StepList& list, std::size_t index);

  const RunFacts& facts_;
  state::StateStore& store_;
  StepRunner& steps_;
  const LabHost& host_;
  EventStream& events_;
};

/// Lab-relative directory of a run's output files.
std::string run_log_directory(const LabHost& host, state::RunId run);

}  // namespace vmplan::exec
