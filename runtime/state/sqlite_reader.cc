// SPDX-License-Identifier: Apache-2.0
// Reading the state back: strictly, so that damage is named and never acted on.
#include "runtime/state/sqlite_store.h"
#include "runtime/state/stored_node.h"

namespace vmplan::state {
namespace {

constexpr std::string_view kAppliedColumns =
    "SELECT id, node, own, key, key_document, target, origin, digest, kept, adopted FROM applied ";

Result<AppliedRecord> applied_row(const db::Statement& row) {
  StoredNode stored;
  stored.id = row.text_at(0);
  stored.node = row.blob_at(1);
  stored.own = row.text_at(2);
  stored.key = row.text_at(3);
  stored.key_document = row.text_at(4);
  stored.target = row.text_at(5);
  stored.origin = row.text_at(6);
  stored.digest = row.text_at(7);
  stored.kept = row.integer_at(8) != 0;
  stored.adopted = row.integer_at(9) != 0;
  return load_node(stored);
}

/// What a pending node is to become: columns from 5.
Result<AppliedRecord> after_of(const db::Statement& row, const Digest& new_key) {
  StoredNode stored;
  stored.id = row.text_at(0);
  stored.node = row.blob_at(5);
  stored.own = row.text_at(6);
  stored.key = new_key.text();
  stored.key_document = row.text_at(7);
  stored.target = row.text_at(8);
  stored.origin = row.text_at(9);
  stored.digest = row.text_at(10);
  stored.adopted = row.integer_at(11) != 0;
  return load_node(stored);
}

/// Reads a digest column that may be NULL. False: it is neither.
bool read_key(const std::optional<std::string>& text, std::optional<Digest>& out) {
  if (!text) return true;
  out = Digest::parse(*text);
  return out.has_value();
}

}  // namespace

Error SqliteStore::damaged(std::string_view what) const {
  return Error{ErrorKind::Corrupt, fmt::format("`{}` is damaged: {}", database_.path(), what)};
}

Result<change::Applied> SqliteStore::applied() const {
  std::lock_guard lock(mutex_);
  Result<db::Statement> query = database_.prepare(std::string(kAppliedColumns) + "ORDER BY id");
  if (!query) return fail(query.error());
  change::Applied out;
  while (true) {
    Result<bool> more = query->step();
    if (!more) return fail(more.error());
    if (!*more) return out;
    Result<AppliedRecord> record = applied_row(*query);
    if (!record) return fail(std::move(record).error().with(database_.path()));
    std::string id = record->applied.node.id;
    out.emplace(std::move(id), std::move(record->applied));
  }
}

Result<std::optional<AppliedRecord>> SqliteStore::find(std::string_view id) const {
  std::lock_guard lock(mutex_);
  Result<db::Statement> query = database_.prepare(std::string(kAppliedColumns) + "WHERE id = ?");
  if (!query) return fail(query.error());
  query->text(id);
  Result<bool> there = query->step();
  if (!there) return fail(there.error());
  if (!*there) return std::nullopt;
  Result<AppliedRecord> record = applied_row(*query);
  if (!record) return fail(std::move(record).error().with(database_.path()));
  return std::optional(std::move(*record));
}

Result<std::vector<UnfinishedNode>> SqliteStore::unfinished() const {
  std::lock_guard lock(mutex_);
  Result<db::Statement> query = database_.prepare(
      "SELECT node_id, run_id, action, old_key, new_key, after_node, after_own, "
      "after_key_document, after_target, "
      "after_origin, after_digest, after_adopted FROM pending ORDER BY node_id");
  if (!query) return fail(query.error());
  std::vector<UnfinishedNode> out;
  while (true) {
    Result<bool> more = query->step();
    if (!more) return fail(more.error());
    if (!*more) return out;
    UnfinishedNode unfinished;
    PendingNode& node = unfinished.node;
    node.id = query->text_at(0);
    node.run_id = query->integer_at(1);
    std::optional<change::Action> action = parse_action(query->text_at(2));
    if (!action || !read_key(query->optional_text_at(3), node.old_key) ||
        !read_key(query->optional_text_at(4), node.new_key))
      return fail(damaged(fmt::format("the pending node `{}`", node.id)));
    node.action = *action;
    if (node.new_key) {
      Result<AppliedRecord> after = after_of(*query, *node.new_key);
      if (!after) return fail(std::move(after).error().with(database_.path()));
      node.after = std::move(*after);
    }
    Result<std::vector<JournalRow>> rows = open_rows(node.id);
    if (!rows) return fail(rows.error());
    unfinished.journal = std::move(*rows);
    out.push_back(std::move(unfinished));
  }
}

Result<std::vector<JournalRow>> SqliteStore::open_rows(std::string_view node_id) const {
  Result<db::Statement> query = database_.prepare(
      "SELECT seq, run_id, phase, step_index, step_id, argv_hash, intent_at, mark, result_at, "
      "outcome, exit_code, detail "
      "FROM journal WHERE node_id = ? AND closed = 0 ORDER BY seq");
  if (!query) return fail(query.error());
  query->text(node_id);
  std::vector<JournalRow> out;
  while (true) {
    Result<bool> more = query->step();
    if (!more) return fail(more.error());
    if (!*more) return out;
    std::optional<Phase> phase = parse_phase(query->text_at(2));
    std::optional<Digest> hash = Digest::parse(query->text_at(5));
    std::optional<std::string> outcome = query->optional_text_at(9);
    std::optional<StepEnd> end = outcome ? parse_step_end(*outcome) : std::nullopt;
    if (!phase || !hash || outcome.has_value() != end.has_value())
      return fail(damaged(fmt::format("journal row {} of `{}`", query->integer_at(0), node_id)));
    JournalRow row;
    row.seq = query->integer_at(0);
    row.intent = {query->integer_at(1),
                  std::string(node_id),
                  *phase,
                  static_cast<int>(query->integer_at(3)),
                  query->text_at(4),
                  *hash,
                  query->text_at(6),
                  query->text_at(7)};
    if (end)
      row.outcome = {query->text_at(8), *end, static_cast<int>(query->integer_at(10)),
                     query->text_at(11)};
    out.push_back(std::move(row));
  }
}

Result<std::vector<Run>> SqliteStore::runs(int limit) const {
  std::lock_guard lock(mutex_);
  Result<db::Statement> query = database_.prepare(
      "SELECT id, started, ended, status, plan_hash, change_digest, who, generator FROM runs ORDER "
      "BY id DESC LIMIT ?");
  if (!query) return fail(query.error());
  query->integer(limit);
  std::vector<Run> out;
  while (true) {
    Result<bool> more = query->step();
    if (!more) return fail(more.error());
    if (!*more) return out;
    std::optional<RunStatus> status = parse_run_status(query->text_at(3));
    std::optional<Digest> plan_hash = Digest::parse(query->text_at(4));
    if (!status || !plan_hash) return fail(damaged(fmt::format("run {}", query->integer_at(0))));
    Run run;
    run.id = query->integer_at(0);
    run.start = {query->text_at(1), *plan_hash, query->text_at(5), query->text_at(6),
                 query->text_at(7)};
    run.ended = query->text_at(2);
    run.status = *status;
    out.push_back(std::move(run));
  }
}

}  // namespace vmplan::state
