// SPDX-License-Identifier: Apache-2.0
// Runs a change set. It never sees a profile, decides nothing about what is to be done, and asks
// nobody.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/change/change_set.h"
#include "runtime/exec/events.h"
#include "runtime/exec/lab_host.h"
#include "runtime/exec/observe.h"
#include "runtime/state/state_store.h"

namespace vmplan::exec {

struct ExecOptions {
  /// Nodes that are worked on at once. At least 1.
  unsigned jobs = 1;
  /// After a failure go on with what does not rest on it.
  bool keep_going = false;
  /// Destroy rows of disks delete the files. Without it they are kept, whatever the row says.
  bool remove_disks = false;
  /// Least QEMU version, e.g. "7.2"; empty: not checked.
  std::string qemu_version;
  /// Places outside the lab that nodes may name (the plan's `paths.allow`).
  std::vector<std::string> paths_allow;
  /// Standard-input blobs of the plan by digest text.
  std::map<std::string, std::string> blobs;
  /// Running machines that get a new supervisor.
  std::vector<Unsupervised> adopt;
  /// For the record.
  std::string who;
  std::string generator;
  std::string change_digest;
};

struct NodeFailure {
  std::string node;
  Error error;
};

struct ExecResult {
  state::RunId run = 0;
  state::RunStatus status = state::RunStatus::Succeeded;
  Counters counters;
  /// Nodes whose work failed, by the order of the change set; not those that were never reached.
  std::vector<NodeFailure> failures;
};

/// Runs `set` against the state. Requires: the writer's lock is held and recover() ran before `set`
/// was made. Errors, all before the first step: Refused (the state has moved since the set was
/// made; a node is not what it claims), NotFound (a program), those of the store. A node that fails
/// is no error here but in the result.
Result<ExecResult> execute(const change::ChangeSet& set, const ExecOptions& options,
                           state::StateStore& store, const LabHost& host, Observer& observer);

}  // namespace vmplan::exec
