// SPDX-License-Identifier: Apache-2.0
// Writing the state. Reading it back is sqlite_reader.cc.
#include "runtime/state/sqlite_store.h"

#include "runtime/state/stored_node.h"

namespace vmplan::state {
namespace {

/// Prepares, binds and runs one statement without rows.
template <class Bind>
Status run(db::Database& database, std::string_view sql, Bind bind) {
  Result<db::Statement> statement = database.prepare(sql);
  if (!statement) return fail(statement.error());
  bind(*statement);
  return statement->run();
}

/// Runs `work` in one transaction.
template <class Work>
Status atomically(db::Database& database, Work work) {
  Result<db::Transaction> transaction = db::Transaction::begin(database);
  if (!transaction) return fail(transaction.error());
  if (Status done = work(); !done) return done;
  return transaction->commit();
}

std::optional<std::string> text_of(const std::optional<Digest>& digest) {
  if (!digest) return std::nullopt;
  return digest->text();
}

}  // namespace

Status SqliteStore::put_row(RunId run_id, const AppliedRecord& record) {
  StoredNode stored = store_node(record);
  // What could not be read back must not be written.
  if (Result<AppliedRecord> readable = load_node(stored); !readable) return fail(readable.error());
  return run(
      database_,
      "INSERT OR REPLACE INTO applied (id, kind, node, own, key, key_document, target, origin, "
      "digest, "
      "kept, adopted, run_id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
      [&](db::Statement& row) {
        row.text(stored.id)
            .text(record.applied.node.kind)
            .blob(stored.node)
            .text(stored.own)
            .text(stored.key);
        row.text(stored.key_document).text(stored.target).text(stored.origin).text(stored.digest);
        row.integer(stored.kept ? 1 : 0).integer(stored.adopted ? 1 : 0).integer(run_id);
      });
}

Status SqliteStore::remove_row(std::string_view id) {
  return run(database_, "DELETE FROM applied WHERE id = ?",
             [&](db::Statement& row) { row.text(id); });
}

Status SqliteStore::close_rows(std::string_view id) {
  return run(database_, "UPDATE journal SET closed = 1 WHERE node_id = ? AND closed = 0",
             [&](db::Statement& row) { row.text(id); });
}

Status SqliteStore::drop_pending(std::string_view id) {
  return run(database_, "DELETE FROM pending WHERE node_id = ?",
             [&](db::Statement& row) { row.text(id); });
}

Result<RunId> SqliteStore::begin_run(const RunStart& start) {
  std::lock_guard lock(mutex_);
  RunId id = 0;
  Status done = atomically(database_, [&]() -> Status {
    Status marked = run(
        database_, "UPDATE runs SET status = ?, ended = ? WHERE ended IS NULL",
        [&](db::Statement& row) { row.text(to_text(RunStatus::Interrupted)).text(start.started); });
    if (!marked) return marked;
    Status added = run(
        database_,
        "INSERT INTO runs (started, status, plan_hash, change_digest, who, generator) "
        "VALUES (?,?,?,?,?,?)",
        [&](db::Statement& row) {
          row.text(start.started).text(to_text(RunStatus::Executing)).text(start.plan_hash.text());
          row.text(start.change_digest).text(start.who).text(start.generator);
        });
    id = database_.last_insert_id();
    return added;
  });
  if (!done) return fail(done.error());
  return id;
}

Status SqliteStore::end_run(RunId run_id, std::string_view ended, RunStatus status) {
  std::lock_guard lock(mutex_);
  return run(database_, "UPDATE runs SET ended = ?, status = ? WHERE id = ?",
             [&](db::Statement& row) { row.text(ended).text(to_text(status)).integer(run_id); });
}

Status SqliteStore::begin_node(const PendingNode& node, Progress progress) {
  std::lock_guard lock(mutex_);
  return atomically(database_, [&]() -> Status {
    if (progress == Progress::Fresh)
      if (Status closed = close_rows(node.id); !closed) return closed;
    return run(database_,
               "INSERT OR REPLACE INTO pending (node_id, run_id, action, old_key, new_key, "
               "after_node, after_own, "
               "after_key_document, after_target, after_origin, after_digest, after_adopted) "
               "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
               [&](db::Statement& row) {
                 row.text(node.id).integer(node.run_id).text(to_text(node.action));
                 row.optional_text(text_of(node.old_key)).optional_text(text_of(node.new_key));
                 if (!node.after) {
                   row.null().null().null().null().null().null().integer(0);
                   return;
                 }
                 StoredNode stored = store_node(*node.after);
                 row.blob(stored.node).text(stored.own).text(stored.key_document);
                 row.text(stored.target)
                     .text(stored.origin)
                     .text(stored.digest)
                     .integer(stored.adopted ? 1 : 0);
               });
  });
}

Result<std::int64_t> SqliteStore::record_intent(const StepIntent& intent) {
  std::lock_guard lock(mutex_);
  Status done =
      run(database_,
          "INSERT INTO journal (run_id, node_id, phase, step_index, step_id, argv_hash, intent_at, "
          "mark) "
          "VALUES (?,?,?,?,?,?,?,?)",
          [&](db::Statement& row) {
            row.integer(intent.run_id).text(intent.node_id).text(to_text(intent.phase));
            row.integer(intent.step_index).text(intent.step_id).text(intent.argv_hash.text());
            row.text(intent.intent_at).text(intent.mark);
          });
  if (!done) return fail(done.error());
  return database_.last_insert_id();
}

Status SqliteStore::record_result(std::int64_t seq, const StepOutcome& outcome) {
  std::lock_guard lock(mutex_);
  return run(
      database_,
      "UPDATE journal SET result_at = ?, outcome = ?, exit_code = ?, detail = ? WHERE seq = ?",
      [&](db::Statement& row) {
        row.text(outcome.result_at).text(to_text(outcome.end)).integer(outcome.exit_code);
        row.text(outcome.detail).integer(seq);
      });
}

Status SqliteStore::finish_undo(std::string_view id) {
  std::lock_guard lock(mutex_);
  return atomically(database_, [&]() -> Status {
    if (Status removed = remove_row(id); !removed) return removed;
    return run(database_, "UPDATE pending SET old_key = NULL WHERE node_id = ?",
               [&](db::Statement& row) { row.text(id); });
  });
}

Status SqliteStore::finish_node(RunId run_id, std::string_view id, const AppliedRecord* record) {
  std::lock_guard lock(mutex_);
  return atomically(database_, [&]() -> Status {
    if (Status closed = close_rows(id); !closed) return closed;
    if (Status dropped = drop_pending(id); !dropped) return dropped;
    return record == nullptr ? remove_row(id) : put_row(run_id, *record);
  });
}

Status SqliteStore::forget_pending(std::string_view id) {
  std::lock_guard lock(mutex_);
  return atomically(database_, [&]() -> Status {
    if (Status closed = close_rows(id); !closed) return closed;
    return drop_pending(id);
  });
}

}  // namespace vmplan::state
