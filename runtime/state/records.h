// SPDX-License-Identifier: Apache-2.0
// What the state holds, as values: applied nodes, runs, and the journal of steps. Knows neither SQL
// nor steps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/change/change_set.h"

namespace vmplan::state {

/// An applied node with what explain and a later teardown need of it.
struct AppliedRecord {
  change::AppliedNode applied;
  /// The document whose digest is the node's key.
  std::string key_document;
  std::string target = "local";
  /// The id under which its MAC, UUID and paths were derived; empty: its own id.
  std::string origin;
};

using RunId = std::int64_t;

enum class RunStatus : std::uint8_t {
  Executing,
  Succeeded,
  Failed,           ///< no node reached what it was to become; some may be half-updated
  PartiallyFailed,  ///< some nodes did, some did not
  Cancelled,        ///< the user asked to stop
  Interrupted,      ///< the process vanished; found out by the next run
};
std::string_view to_text(RunStatus status);
std::optional<RunStatus> parse_run_status(std::string_view text);

struct RunStart {
  /// UTC, RFC 3339.
  std::string started;
  Digest plan_hash;
  /// Digest of the change set that was confirmed; empty when there was none.
  std::string change_digest;
  /// For the audit: who asked.
  std::string who;
  /// Program and version.
  std::string generator;
};

struct Run {
  RunId id = 0;
  RunStart start;
  std::string ended;
  RunStatus status = RunStatus::Executing;
};

/// Undo runs a node's rollback steps, Do its commands.
enum class Phase : std::uint8_t { Undo, Do };
std::string_view to_text(Phase phase);
std::optional<Phase> parse_phase(std::string_view text);

std::optional<change::Action> parse_action(std::string_view text);

/// A node on which work has begun and is not finished.
struct PendingNode {
  std::string id;
  RunId run_id = 0;
  change::Action action = change::Action::None;
  /// Absent for a node that was not applied before.
  std::optional<Digest> old_key;
  /// Absent for a node that is only taken away.
  std::optional<Digest> new_key;
  /// The whole node as it will be recorded, so that another run can finish it.
  std::optional<AppliedRecord> after;
};

/// Written durably before a step starts.
struct StepIntent {
  RunId run_id = 0;
  std::string node_id;
  Phase phase = Phase::Do;
  int step_index = 0;
  std::string step_id;
  Digest argv_hash;
  std::string intent_at;
  /// What tells later whether the step took effect; for `publish`, which file the new one is. May
  /// be empty.
  std::string mark;
};

enum class StepEnd : std::uint8_t {
  Done,
  Adopted,  ///< done, by taking over what was already there
  Failed,
  Interrupted,  ///< cut off; judged afterwards to have had no effect, or to be repeatable
};
std::string_view to_text(StepEnd end);
std::optional<StepEnd> parse_step_end(std::string_view text);
inline bool took_effect(StepEnd end) { return end == StepEnd::Done || end == StepEnd::Adopted; }

/// Written durably after a step ended.
struct StepOutcome {
  std::string result_at;
  StepEnd end = StepEnd::Done;
  int exit_code = 0;
  std::string detail;
};

struct JournalRow {
  std::int64_t seq = 0;
  StepIntent intent;
  /// Absent while the step runs, and after a crash.
  std::optional<StepOutcome> outcome;
};

/// A pending node and what the journal says about it, oldest row first.
struct UnfinishedNode {
  PendingNode node;
  std::vector<JournalRow> journal;
};

}  // namespace vmplan::state
