// SPDX-License-Identifier: Apache-2.0
// The applied state and its journal. One implementation keeps them in SQLite (sqlite_store.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/os/file_system.h"
#include "runtime/state/records.h"

namespace vmplan::state {

/// What was applied. Errors of every call: Io, Busy, and Corrupt, naming the node and the file.
class StateReader {
 public:
  StateReader() = default;
  StateReader(const StateReader&) = delete;
  StateReader& operator=(const StateReader&) = delete;
  virtual ~StateReader() = default;

  /// Every applied node, kept ones too.
  virtual Result<change::Applied> applied() const = 0;
  /// One of them; nullopt when it is not applied.
  virtual Result<std::optional<AppliedRecord>> find(std::string_view id) const = 0;
  /// Nodes on which work began and was not finished, by id.
  virtual Result<std::vector<UnfinishedNode>> unfinished() const = 0;
  /// The last runs, newest first.
  virtual Result<std::vector<Run>> runs(int limit) const = 0;
};

/// Fresh forgets what the journal says about the node, Continued builds on it.
enum class Progress : std::uint8_t { Fresh, Continued };

/// The state of the one writer of a lab. Every call is durable when it returns. Thread-safe.
/// Errors: as StateReader; also NoSpace. After an error nothing of the call is in the state.
class StateStore : public StateReader {
 public:
  /// Marks runs that never ended as interrupted.
  virtual Result<RunId> begin_run(const RunStart& start) = 0;
  virtual Status end_run(RunId run, std::string_view ended, RunStatus status) = 0;

  /// Says that work on a node begins.
  virtual Status begin_node(const PendingNode& node, Progress progress) = 0;
  /// Returns the row's sequence number.
  virtual Result<std::int64_t> record_intent(const StepIntent& intent) = 0;
  virtual Status record_result(std::int64_t seq, const StepOutcome& outcome) = 0;
  /// The node's old form is gone and its new one not yet there: it is no longer applied, but still
  /// pending.
  virtual Status finish_undo(std::string_view id) = 0;
  /// In one transaction: the node's journal rows are closed, it is no longer pending, and it is
  /// applied as `record` says, or forgotten when there is none.
  virtual Status finish_node(RunId run, std::string_view id, const AppliedRecord* record) = 0;
  /// In one transaction: the node's journal rows are closed and it is no longer pending; what is
  /// applied of it stays as it is.
  virtual Status forget_pending(std::string_view id) = 0;
};

/// Where the state of a lab lies.
struct StateLocation {
  /// Absolute path of the lab root, as SQLite opens files by path.
  std::string lab_root;
  /// Lab-relative, e.g. ".vmplan".
  std::string state_dir = ".vmplan";

  std::string database() const { return state_dir + "/state.db"; }
  std::string absolute_database() const { return lab_root + "/" + database(); }
};

/// Opens the state for reading. Creates nothing: where there is no state.db the state is empty, and
/// one that nobody writes is read as it lies there. Only beside a writer, or over the log of one
/// that was killed, SQLite's shared `-shm` and `-wal` are used. Requires: `files` outlives the
/// reader. Errors: Corrupt, Busy, Io; Refused when a newer vmplan wrote it.
Result<std::unique_ptr<StateReader>> open_state_for_reading(const os::FileSystem& files,
                                                            const StateLocation& where);

/// Opens the state for the one writer (who holds the lab's lock), making directory and database
/// where needed. Errors: as for reading; also NoSpace, Denied.
Result<std::unique_ptr<StateStore>> open_state(os::FileSystem& files, const StateLocation& where);

}  // namespace vmplan::state
