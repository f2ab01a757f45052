// SPDX-License-Identifier: Apache-2.0
// Everything that can be known to be wrong before the first step runs.
#pragma once

#include <map>
#include <string>

#include "compiler/change/change_set.h"
#include "runtime/exec/executor.h"
#include "runtime/exec/step_runner.h"
#include "runtime/exec/work.h"

namespace vmplan::exec {

/// The state still is what the set was made from. Errors: Refused, naming the node.
Status check_state(const change::ChangeSet& set, const change::Applied& applied);

/// Nodes that will run or be recorded are what their digests claim, and hold nothing that is not
/// built yet. Errors: Corrupt, Refused.
Status check_nodes(const change::ChangeSet& set, const ExecOptions& options);

/// Stored nodes whose rollback will run are what a plan could hold: whoever can write the state can
/// make digests fit, but not make anything run that verify() forbids. What an older vmplan thought
/// of them (risk, confirmation, what they affect) keeps none from running. Errors: Corrupt.
Status check_rollbacks(const change::ChangeSet& set, const Work& work,
                       const change::Applied& applied, const ExecOptions& options);

/// The programs of all steps that will run. Errors: NotFound.
Result<Programs> find_programs(const change::ChangeSet& set, const Work& work, const LabHost& host);

/// Every secret that a step will ask for can be had now; none is kept.
/// Errors: those of os::fetch_secret(), naming node and reference.
Status check_secrets(const change::ChangeSet& set, const Work& work, const LabHost& host);

/// This process may do what the steps that will run need. Errors: Refused, naming the first node
/// that needs more.
Status check_rights(const change::ChangeSet& set, const Work& work, const LabHost& host);

/// Every QEMU that will be started is at least `qemu_version`. Errors: Refused, with both versions;
/// Failed.
Status check_qemu_versions(const change::ChangeSet& set, const Work& work, const Programs& programs,
                           const std::string& qemu_version, const LabHost& host);

/// Documents whose digests are the keys of the nodes that will be recorded, by id.
/// Errors: Refused when a key does not come out.
using KeyDocuments = std::map<std::string, std::string, std::less<>>;
Result<KeyDocuments> key_documents(const change::ChangeSet& set, const change::Applied& applied);

}  // namespace vmplan::exec
