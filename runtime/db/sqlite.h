// SPDX-License-Identifier: Apache-2.0
// SQLite with owners for its handles and vmplan's errors. Knows no table.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/base/units.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vmplan::db {

class Database;

/// A prepared statement on loan from its database, which gets it back, reset, at the end of this
/// object's life. A failed bind shows at the next step().
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Binds the next parameter.
  Statement& text(std::string_view value);
  Statement& blob(std::string_view bytes);
  Statement& integer(std::int64_t value);
  Statement& null();
  Statement& optional_text(const std::optional<std::string>& value);

  /// Returns true while there is a row.
  Result<bool> step();
  /// For statements without rows.
  Status run();

  // Columns of the row, from 0.
  std::string text_at(int column) const;
  std::string blob_at(int column) const;
  std::int64_t integer_at(int column) const;
  std::optional<std::string> optional_text_at(int column) const;

 private:
  friend class Database;
  Statement(Database& database, std::string sql, sqlite3_stmt* handle)
      : database_(database), sql_(std::move(sql)), handle_(handle) {}
  void note(int code);

  Database& database_;
  std::string sql_;
  sqlite3_stmt* handle_ = nullptr;
  int next_parameter_ = 1;
  int bind_error_ = 0;
};

/// One connection. Not thread-safe: its owner serialises the calls.
/// Errors of every call: NoSpace, Busy, Corrupt, Denied, Io; the message names the file.
class Database {
 public:
  enum class Mode : std::uint8_t {
    ReadOnly,  ///< beside a writer
    Settled,   ///< read-only, of a file that nobody writes: takes no lock and makes no file
    ReadWrite,
  };

  /// A writer has WAL, synchronous=FULL, foreign keys; quick_check has passed. ":memory:" is a
  /// database of its own. Errors: also NotFound; Io where there can be no WAL.
  static Result<Database> open(const std::string& path, Mode mode,
                               Millis busy_timeout = Millis{5'000});
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  /// Statements are prepared once and kept.
  Result<Statement> prepare(std::string_view sql);
  /// Runs a script of statements.
  Status execute(const std::string& script);

  /// The number for schema migrations; 0 in a new database.
  Result<std::int64_t> user_version();
  std::int64_t last_insert_id() const;
  const std::string& path() const { return path_; }

 private:
  friend class Statement;
  friend class Transaction;
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  Error error(int code) const;
  Status check_integrity();
  Status check_journal();

  sqlite3* handle_ = nullptr;
  std::string path_;
  /// Statements that nobody has on loan.
  std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle_;
};

/// A write transaction that is rolled back unless it is committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// After an error nothing of the transaction is in the database.
  Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace vmplan::db
