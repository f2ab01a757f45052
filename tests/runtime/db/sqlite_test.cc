// SPDX-License-Identifier: Apache-2.0
// SQLite itself: settings, transactions, and what each of its failures is called.
#include "runtime/db/sqlite.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/scratch.h"

namespace vmplan::db {
namespace {

constexpr Database::Mode kWrite = Database::Mode::ReadWrite;

std::int64_t number(Database& database, std::string_view sql) {
  Result<Statement> query = database.prepare(sql);
  REQUIRE(query);
  REQUIRE(query->step().value());
  return query->integer_at(0);
}

std::string text(Database& database, std::string_view sql) {
  Result<Statement> query = database.prepare(sql);
  REQUIRE(query);
  REQUIRE(query->step().value());
  return query->text_at(0);
}

TEST_CASE("sqlite: a database is durable and strict about its keys", "[sqlite]") {
  const test::Scratch scratch("sqlite-settings");
  Result<Database> database = Database::open(scratch / "x.db", kWrite);
  REQUIRE(database);
  CHECK(text(*database, "PRAGMA journal_mode") == "wal");
  CHECK(number(*database, "PRAGMA synchronous") == 2);
  CHECK(number(*database, "PRAGMA foreign_keys") == 1);
  CHECK(database->user_version() == 0);
}

TEST_CASE("sqlite: a file that cannot have a write-ahead log is refused, not used without one",
          "[sqlite]") {
  // SQLite's nameless database on disk answers the request with its own journal mode, as file
  // systems without shared memory do.
  Result<Database> database = Database::open("", kWrite);
  REQUIRE_FALSE(database);
  CHECK(database.error().message.find("write-ahead log") != std::string::npos);
  CHECK(database.error().message.find("delete") != std::string::npos);
}

TEST_CASE("sqlite: a settled database is read without a trace, whatever its name", "[sqlite]") {
  const test::Scratch scratch("sqlite-settled");
  const std::string path = scratch / "a ?b=c#d%25&e.db";
  {
    Result<Database> database = Database::open(path, kWrite);
    REQUIRE(database);
    REQUIRE(database->execute("CREATE TABLE t (a); INSERT INTO t VALUES (5)"));
  }
  Result<Database> database = Database::open(path, Database::Mode::Settled);
  REQUIRE(database);
  CHECK(number(*database, "SELECT a FROM t") == 5);
  CHECK_FALSE(database->execute("INSERT INTO t VALUES (6)"));
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path()))
    CHECK(entry.path() == path);
}

TEST_CASE("sqlite: what is bound is what is read, NUL and empty included", "[sqlite]") {
  Result<Database> database = Database::open(":memory:", kWrite);
  REQUIRE(database);
  REQUIRE(database->execute("CREATE TABLE t (a TEXT, b BLOB, c INTEGER, d TEXT, e TEXT) STRICT"));
  const std::string odd("a\0b", 3);
  {
    Result<Statement> insert = database->prepare("INSERT INTO t VALUES (?,?,?,?,?)");
    REQUIRE(insert);
    insert->text("").blob(odd).integer(-5).null().optional_text("x");
    REQUIRE(insert->run());
  }
  Result<Statement> query = database->prepare("SELECT * FROM t");
  REQUIRE(query);
  REQUIRE(query->step().value());
  CHECK(query->optional_text_at(0) == "");
  CHECK(query->blob_at(1) == odd);
  CHECK(query->integer_at(2) == -5);
  CHECK(query->optional_text_at(3) == std::nullopt);
  CHECK(query->optional_text_at(4) == "x");
  CHECK_FALSE(query->step().value());
}

TEST_CASE("sqlite: a statement is prepared again only while it is on loan", "[sqlite]") {
  Result<Database> database = Database::open(":memory:", kWrite);
  REQUIRE(database);
  for (int i = 0; i < 3; ++i) {
    Result<Statement> first = database->prepare("SELECT ?");
    Result<Statement> second = database->prepare("SELECT ?");
    REQUIRE(first);
    REQUIRE(second);
    first->integer(1);
    second->integer(2);
    CHECK(first->step().value());
    CHECK(second->step().value());
    CHECK(first->integer_at(0) + second->integer_at(0) == 3);
  }
  // Returned statements have lost their bindings.
  Result<Statement> bare = database->prepare("SELECT ?");
  REQUIRE(bare->step().value());
  CHECK(bare->optional_text_at(0) == std::nullopt);
}

TEST_CASE("sqlite: a transaction that is not committed leaves nothing", "[sqlite]") {
  Result<Database> database = Database::open(":memory:", kWrite);
  REQUIRE(database);
  REQUIRE(database->execute("CREATE TABLE t (a)"));
  {
    Result<Transaction> transaction = Transaction::begin(*database);
    REQUIRE(transaction);
    REQUIRE(database->execute("INSERT INTO t VALUES (1)"));
  }
  CHECK(number(*database, "SELECT count(*) FROM t") == 0);
  {
    Result<Transaction> transaction = Transaction::begin(*database);
    REQUIRE(database->execute("INSERT INTO t VALUES (1)"));
    REQUIRE(transaction->commit());
  }
  CHECK(number(*database, "SELECT count(*) FROM t") == 1);
}

TEST_CASE("sqlite: a full database is NoSpace", "[sqlite][fault]") {
  const test::Scratch scratch("sqlite-full");
  Result<Database> database = Database::open(scratch / "x.db", kWrite);
  REQUIRE(database);
  REQUIRE(database->execute("CREATE TABLE t (a BLOB); PRAGMA max_page_count = 4;"));
  Result<Statement> insert = database->prepare("INSERT INTO t VALUES (zeroblob(100000))");
  REQUIRE(insert);
  Status full = insert->run();
  REQUIRE_FALSE(full);
  CHECK(full.error().kind == ErrorKind::NoSpace);
  CHECK(full.error().message.find("x.db") != std::string::npos);
}

TEST_CASE("sqlite: a database that somebody else writes to is Busy", "[sqlite][fault]") {
  const test::Scratch scratch("sqlite-busy");
  const std::string path = scratch / "x.db";
  Result<Database> first = Database::open(path, kWrite);
  Result<Database> second = Database::open(path, kWrite, Millis{0});
  REQUIRE(first);
  REQUIRE(second);
  Result<Transaction> held = Transaction::begin(*first);
  REQUIRE(held);
  Result<Transaction> refused = Transaction::begin(*second);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::Busy);
}

TEST_CASE("sqlite: bytes that are no database are Corrupt", "[sqlite][fault]") {
  const test::Scratch scratch("sqlite-garbage");
  const std::string path = scratch / "x.db";
  std::ofstream(path) << std::string(8192, 'x');
  Result<Database> database = Database::open(path, kWrite);
  REQUIRE_FALSE(database);
  CHECK(database.error().kind == ErrorKind::Corrupt);
}

TEST_CASE("sqlite: a reader writes nothing and needs the file", "[sqlite]") {
  const test::Scratch scratch("sqlite-reader");
  const std::string path = scratch / "x.db";
  Result<Database> absent = Database::open(path, Database::Mode::ReadOnly);
  CHECK_FALSE(absent);
  CHECK_FALSE(std::filesystem::exists(path));
  REQUIRE(Database::open(path, kWrite)->execute("CREATE TABLE t (a)"));
  Result<Database> reader = Database::open(path, Database::Mode::ReadOnly);
  REQUIRE(reader);
  CHECK_FALSE(reader->execute("INSERT INTO t VALUES (1)"));
}

TEST_CASE("sqlite: a symbolic link is not followed", "[sqlite]") {
  const test::Scratch scratch("sqlite-link");
  const std::string path = scratch / "x.db";
  std::filesystem::create_symlink(path + ".elsewhere", path);
  CHECK_FALSE(Database::open(path, kWrite));
  CHECK_FALSE(std::filesystem::exists(path + ".elsewhere"));
}

}  // namespace
}  // namespace vmplan::db
