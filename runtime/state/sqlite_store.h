// SPDX-License-Identifier: Apache-2.0
// StateStore in one SQLite file. Thread-safe: one connection, one mutex.
#pragma once

#include <mutex>

#include "runtime/db/sqlite.h"
#include "runtime/state/state_store.h"

namespace vmplan::state {

class SqliteStore final : public StateStore {
 public:
  /// Requires: the database has the tables of schema.h.
  explicit SqliteStore(db::Database database) : database_(std::move(database)) {}

  Result<change::Applied> applied() const override;
  Result<std::optional<AppliedRecord>> find(std::string_view id) const override;
  Result<std::vector<UnfinishedNode>> unfinished() const override;
  Result<std::vector<Run>> runs(int limit) const override;

  Result<RunId> begin_run(const RunStart& start) override;
  Status end_run(RunId run, std::string_view ended, RunStatus status) override;
  Status begin_node(const PendingNode& node, Progress progress) override;
  Result<std::int64_t> record_intent(const StepIntent& intent) override;
  Status record_result(std::int64_t seq, const StepOutcome& outcome) override;
  Status finish_undo(std::string_view id) override;
  Status finish_node(RunId run, std::string_view id, const AppliedRecord* record) override;
  Status forget_pending(std::string_view id) override;

 private:
  Result<std::vector<JournalRow>> open_rows(std::string_view node_id) const;
  // Without the mutex, for use inside a transaction.
  Status put_row(RunId run, const AppliedRecord& record);
  Status remove_row(std::string_view id);
  Status close_rows(std::string_view id);
  Status drop_pending(std::string_view id);
  Error damaged(std::string_view what) const;

  mutable std::mutex mutex_;
  mutable db::Database database_;
};

}  // namespace vmplan::state
