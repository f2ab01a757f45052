// SPDX-License-Identifier: Apache-2.0
// Where a lab's state lies and how it comes to be: a private directory that no repository picks up.
#include "runtime/state/empty_state.h"
#include "runtime/state/schema.h"
#include "runtime/state/settled_reader.h"
#include "runtime/state/sqlite_store.h"

namespace vmplan::state {
namespace {

constexpr std::uint32_t kPrivateDirectory = 0700;
constexpr std::uint32_t kPrivateFile = 0600;

/// True when something is there. A dangling link or a directory counts: SQLite refuses it with a
/// clear error.
Result<bool> exists(const os::FileSystem& files, std::string_view path) {
  Result<os::FileInfo> info = files.stat(path);
  if (info) return true;
  if (info.error().kind == ErrorKind::NotFound) return false;
  return fail(info.error());
}

/// SQLite gives its files the mode of the database, which is therefore made here, empty and
/// private.
Status make_private_files(os::FileSystem& files, const StateLocation& where) {
  const std::string ignore = where.state_dir + "/.gitignore";
  if (Status made = files.make_directories(where.state_dir, kPrivateDirectory); !made) return made;
  Result<bool> ignored = exists(files, ignore);
  if (!ignored) return fail(ignored.error());
  if (!*ignored)
    if (Status written = files.write_atomic(ignore, "*\n", 0644); !written) return written;
  Result<bool> there = exists(files, where.database());
  if (!there) return fail(there.error());
  if (*there) return {};
  return files.write_atomic(where.database(), "", kPrivateFile);
}

}  // namespace

Result<std::unique_ptr<StateReader>> open_state_for_reading(const os::FileSystem& files,
                                                            const StateLocation& where) {
  Result<os::FileInfo> info = files.stat(where.database());
  const bool absent = !info && info.error().kind == ErrorKind::NotFound;
  if (!info && !absent) return fail(std::move(info).error().with("reading the state"));
  // An empty file is a database that a crash cut off before its first table.
  if (absent || (info->kind == os::FileKind::Regular && info->size == 0))
    return std::make_unique<EmptyState>();
  Result<std::unique_ptr<StateReader>> reader = SettledReader::open(files, where);
  if (!reader) return fail(std::move(reader).error().with("reading the state"));
  return reader;
}

Result<std::unique_ptr<StateStore>> open_state(os::FileSystem& files, const StateLocation& where) {
  if (Status made = make_private_files(files, where); !made)
    return fail(std::move(made).error().with("making the state directory"));
  Result<db::Database> database =
      db::Database::open(where.absolute_database(), db::Database::Mode::ReadWrite);
  if (!database) return fail(std::move(database).error().with("opening the state"));
  if (Status migrated = migrate(*database); !migrated)
    return fail(std::move(migrated).error().with("opening the state"));
  return std::make_unique<SqliteStore>(std::move(*database));
}

}  // namespace vmplan::state
