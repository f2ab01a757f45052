// SPDX-License-Identifier: Apache-2.0
// The only file that includes sqlite3.h.
#include "runtime/db/sqlite.h"

#include <sqlite3.h>

#include <utility>

#include "compiler/base/text.h"

namespace vmplan::db {
namespace {

ErrorKind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return ErrorKind::NoSpace;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::Busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::Corrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorKind::Denied;
    default:
      return ErrorKind::Io;
  }
}

constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;";
/// A reader may not change the journal mode.
constexpr const char* kReaderSettings = "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;";

/// `path` as a URI that says: nobody changes this file. Source: sqlite.org/uri.html.
std::string immutable_uri(std::string_view path) {
  std::string uri = "file:";
  for (char c : path) {
    const bool plain = is_ascii_alnum(c) || c == '/' || c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri + "?immutable=1";
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      sql_(std::move(other.sql_)),
      handle_(std::exchange(other.handle_, nullptr)),
      next_parameter_(other.next_parameter_),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  database_.idle_[sql_].push_back(handle_);
}

void Statement::note(int code) {
  if (code != SQLITE_OK && bind_error_ == SQLITE_OK) bind_error_ = code;
}

Statement& Statement::text(std::string_view value) {
  note(sqlite3_bind_text64(handle_, next_parameter_++, value.data() == nullptr ? "" : value.data(),
                           value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::blob(std::string_view bytes) {
  note(sqlite3_bind_blob64(handle_, next_parameter_++, bytes.data() == nullptr ? "" : bytes.data(),
                           bytes.size(), SQLITE_TRANSIENT));
  return *this;
}

Statement& Statement::integer(std::int64_t value) {
  note(sqlite3_bind_int64(handle_, next_parameter_++, value));
  return *this;
}

Statement& Statement::null() {
  note(sqlite3_bind_null(handle_, next_parameter_++));
  return *this;
}

Statement& Statement::optional_text(const std::optional<std::string>& value) {
  return value ? text(*value) : null();
}

Result<bool> Statement::step() {
  if (bind_error_ != SQLITE_OK) return fail(database_.error(bind_error_));
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(database_.error(code));
}

Status Statement::run() {
  Result<bool> row = step();
  if (!row) return fail(row.error());
  return {};
}

std::string Statement::text_at(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

std::string Statement::blob_at(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

std::int64_t Statement::integer_at(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::optional<std::string> Statement::optional_text_at(int column) const {
  if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
  return text_at(column);
}

Result<Database> Database::open(const std::string& path, Mode mode, Millis busy_timeout) {
  const bool writes = mode == Mode::ReadWrite;
  const bool settled = mode == Mode::Settled;
  const int flags = (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    (settled ? SQLITE_OPEN_URI : 0) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  const std::string name = settled ? immutable_uri(path) : path;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags, nullptr);
  Database database(handle, path);
  if (code != SQLITE_OK) return fail(database.error(code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.value));
  Status set = database.execute(writes ? kSettings : kReaderSettings);
  if (set && writes) set = database.check_journal();
  if (!set) return fail(std::move(set).error());
  if (Status sound = database.check_integrity(); !sound) return fail(std::move(sound).error());
  return database;
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)),
      path_(std::move(other.path_)),
      idle_(std::exchange(other.idle_, {})) {}

Database::~Database() {
  for (auto& [sql, statements] : idle_)
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Error Database::error(int code) const {
  const char* text = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
  // The connection's message belongs to its last call, which need not be the one that failed.
  if (handle_ != nullptr && (sqlite3_errcode(handle_) & 0xFF) != (code & 0xFF))
    text = sqlite3_errstr(code);
  return Error{kind_of(code), fmt::format("`{}`: {} (SQLite error {})", path_, text, code)};
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto known = idle_.find(sql);
  if (known != idle_.end() && !known->second.empty()) {
    sqlite3_stmt* statement = known->second.back();
    known->second.pop_back();
    return Statement(*this, known->first, statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(error(code));
  return Statement(*this, std::string(sql), statement);
}

Status Database::execute(const std::string& script) {
  const int code = sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error(code));
  return {};
}

Result<std::int64_t> Database::user_version() {
  Result<Statement> query = prepare("PRAGMA user_version");
  if (!query) return fail(query.error());
  Result<bool> row = query->step();
  if (!row) return fail(row.error());
  return query->integer_at(0);
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }

Status Database::check_integrity() {
  Result<Statement> query = prepare("PRAGMA quick_check(1)");
  if (!query) return fail(query.error());
  Result<bool> row = query->step();
  if (!row) return fail(row.error());
  std::string verdict = *row ? query->text_at(0) : "no answer";
  if (verdict == "ok") return {};
  return fail(ErrorKind::Corrupt, fmt::format("`{}` is damaged: {}", path_, verdict));
}

Status Database::check_journal() {
  Result<Statement> query = prepare("PRAGMA journal_mode");
  if (!query) return fail(query.error());
  Result<bool> row = query->step();
  if (!row) return fail(row.error());
  const std::string mode = *row ? query->text_at(0) : "no answer";
  if (mode == "wal" || (mode == "memory" && path_ == ":memory:")) return {};
  return fail(
      ErrorKind::Io,
      fmt::format("`{}` cannot have a write-ahead log (its journal mode stays {}): the file "
                  "system does not share memory between processes; keep the lab on a local "
                  "disk",
                  path_, mode));
}

Result<Transaction> Transaction::begin(Database& database) {
  if (Status begun = database.execute("BEGIN IMMEDIATE"); !begun)
    return fail(std::move(begun).error());
  return Transaction(database);
}

Transaction::~Transaction() {
  // SQLite rolls back by itself after some errors; then there is nothing left to roll back.
  if (database_ != nullptr && sqlite3_get_autocommit(database_->handle_) == 0)
    static_cast<void>(database_->execute("ROLLBACK"));
}

Status Transaction::commit() {
  if (Status done = database_->execute("COMMIT"); !done) return done;  // the destructor rolls back
  database_ = nullptr;
  return {};
}

}  // namespace vmplan::db
