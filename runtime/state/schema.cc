// SPDX-License-Identifier: Apache-2.0
#include "runtime/state/schema.h"

#include <array>
#include <string>

namespace vmplan::state {
namespace {

/// Times are UTC text, digests are `sha256:...` text, nodes are their canonical bytes.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per invocation that was to change something.
CREATE TABLE runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  started       TEXT NOT NULL,
  ended         TEXT,
  status        TEXT NOT NULL,
  plan_hash     TEXT NOT NULL,
  change_digest TEXT NOT NULL,
  who           TEXT NOT NULL,
  generator     TEXT NOT NULL
) STRICT;

-- What is there, as whole nodes: enough to explain it and to take it away again.
CREATE TABLE applied (
  id           TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  node         BLOB NOT NULL,
  own          TEXT NOT NULL,
  key          TEXT NOT NULL,
  key_document TEXT NOT NULL,
  target       TEXT NOT NULL,
  origin       TEXT NOT NULL,
  digest       TEXT NOT NULL, -- over all of the row: bytes that no key covers count too
  kept         INTEGER NOT NULL CHECK (kept IN (0, 1)),
  adopted      INTEGER NOT NULL CHECK (adopted IN (0, 1)),
  run_id       INTEGER NOT NULL REFERENCES runs (id)
) STRICT;

-- Nodes on which work has begun and is not finished, with what they are to become.
CREATE TABLE pending (
  node_id            TEXT PRIMARY KEY,
  run_id             INTEGER NOT NULL REFERENCES runs (id),
  action             TEXT NOT NULL,
  old_key            TEXT,
  new_key            TEXT,
  after_node         BLOB,
  after_own          TEXT,
  after_key_document TEXT,
  after_target       TEXT,
  after_origin       TEXT,
  after_digest       TEXT,
  after_adopted      INTEGER NOT NULL
) STRICT;

-- One row per step that was started. The result is written after it ended.
CREATE TABLE journal (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id     INTEGER NOT NULL REFERENCES runs (id),
  node_id    TEXT NOT NULL,
  phase      TEXT NOT NULL CHECK (phase IN ('undo', 'do')),
  step_index INTEGER NOT NULL,
  step_id    TEXT NOT NULL,
  argv_hash  TEXT NOT NULL,
  intent_at  TEXT NOT NULL,
  mark       TEXT NOT NULL,
  result_at  TEXT,
  outcome    TEXT,
  exit_code  INTEGER,
  detail     TEXT,
  closed     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX journal_open ON journal (node_id, seq) WHERE closed = 0;
)sql";

/// The n-th script turns version n into n + 1.
constexpr std::array<const char*, kSchemaVersion> kMigrations = {kVersion1};

Error newer(const db::Database& database, std::int64_t version) {
  return Error{ErrorKind::Refused,
               fmt::format("`{}` has schema {}, this vmplan knows {}: a newer vmplan wrote it",
                           database.path(), version, kSchemaVersion)};
}

}  // namespace

Status migrate(db::Database& database) {
  Result<std::int64_t> version = database.user_version();
  if (!version) return fail(version.error());
  if (*version > kSchemaVersion) return fail(newer(database, *version));
  for (std::int64_t at = *version; at < kSchemaVersion; ++at) {
    Result<db::Transaction> transaction = db::Transaction::begin(database);
    if (!transaction) return fail(transaction.error());
    std::string script = kMigrations.at(static_cast<std::size_t>(at));
    script += fmt::format("PRAGMA user_version = {};", at + 1);
    if (Status done = database.execute(script); !done) return done;
    if (Status done = transaction->commit(); !done) return done;
  }
  return {};
}

Result<bool> check_schema(db::Database& database) {
  Result<std::int64_t> version = database.user_version();
  if (!version) return fail(version.error());
  if (*version > kSchemaVersion) return fail(newer(database, *version));
  if (*version == 0) return false;
  if (*version < kSchemaVersion)
    return fail(
        ErrorKind::Refused,
        fmt::format("`{}` has the older schema {}; the next `vmplan apply` brings it up to {}",
                    database.path(), *version, kSchemaVersion));
  return true;
}

}  // namespace vmplan::state
