// SPDX-License-Identifier: Apache-2.0
#include "runtime/state/settled_reader.h"

#include <utility>

#include "runtime/state/empty_state.h"
#include "runtime/state/schema.h"
#include "runtime/state/sqlite_store.h"

namespace vmplan::state {
namespace {

/// The state in an open database; empty where a crash cut off its making before the first table.
Result<std::unique_ptr<StateReader>> reader_of(Result<db::Database> database) {
  if (!database) return fail(database.error());
  Result<bool> made = check_schema(*database);
  if (!made) return fail(made.error());
  if (!*made) return std::make_unique<EmptyState>();
  return std::make_unique<SqliteStore>(std::move(*database));
}

std::string log_of(const StateLocation& where) { return where.database() + "-wal"; }

/// What a writer has open, or left when it was killed.
bool has_log(const os::FileSystem& files, const StateLocation& where) {
  Result<os::FileInfo> log = files.stat(log_of(where));
  if (log ? log->size > 0 : log.error().kind != ErrorKind::NotFound) return true;
  return files.stat(where.database() + "-journal").has_value();
}

/// Beside a writer, or over the log of one that was killed.
Result<std::unique_ptr<StateReader>> open_shared(const StateLocation& where) {
  Result<std::unique_ptr<StateReader>> reader =
      reader_of(db::Database::open(where.absolute_database(), db::Database::Mode::ReadOnly));
  if (!reader && reader.error().kind == ErrorKind::Io)
    reader.error().message += fmt::format(
        "; it is not settled: `{}` holds the last changes, and reading those takes a "
        "directory that can be written to",
        log_of(where));
  return reader;
}

}  // namespace

Result<std::unique_ptr<StateReader>> SettledReader::open(const os::FileSystem& files,
                                                         const StateLocation& where) {
  if (has_log(files, where)) return open_shared(where);
  std::unique_ptr<SettledReader> settled(new SettledReader(files, where));
  Status opened = settled->open_settled();
  if (opened) return settled;
  // A writer that came this moment may have made the file look damaged.
  if (!settled->is_settled()) return open_shared(where);
  return fail(opened.error());
}

Status SettledReader::open_settled() {
  Result<os::FileInfo> info = files_.stat(where_.database());
  if (!info) return fail(info.error());
  opened_ = *info;
  Result<std::unique_ptr<StateReader>> reader =
      reader_of(db::Database::open(where_.absolute_database(), db::Database::Mode::Settled));
  if (!reader) return fail(reader.error());
  reader_ = std::move(*reader);
  return {};
}

bool SettledReader::is_settled() const {
  // A log changes nothing here: until it is written back, the file is as it was.
  Result<os::FileInfo> now = files_.stat(where_.database());
  return now && *now == opened_;
}

template <class Ask>
auto SettledReader::read(Ask ask) const -> decltype(ask(std::declval<const StateReader&>())) {
  std::lock_guard lock(mutex_);
  auto answer = ask(*reader_);
  if (shared_ || is_settled()) return answer;
  Result<std::unique_ptr<StateReader>> reader = open_shared(where_);
  if (!reader) return fail(reader.error());
  reader_ = std::move(*reader);
  shared_ = true;
  return ask(*reader_);
}

Result<change::Applied> SettledReader::applied() const {
  return read([](const StateReader& reader) { return reader.applied(); });
}

Result<std::optional<AppliedRecord>> SettledReader::find(std::string_view id) const {
  return read([&](const StateReader& reader) { return reader.find(id); });
}

Result<std::vector<UnfinishedNode>> SettledReader::unfinished() const {
  return read([](const StateReader& reader) { return reader.unfinished(); });
}

Result<std::vector<Run>> SettledReader::runs(int limit) const {
  return read([&](const StateReader& reader) { return reader.runs(limit); });
}

}  // namespace vmplan::state
