// SPDX-License-Identifier: Apache-2.0
// Reading a state that nobody writes, without locks and without the files that SQLite would make
// beside it: on a read-only disk as well as anywhere, and with nothing left behind.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "runtime/state/state_store.h"

namespace vmplan::state {

/// A database without a log is one settled file. Should a writer come and change it, what was read
/// meanwhile is thrown away and read again beside the writer, which takes SQLite's shared files.
class SettledReader final : public StateReader {
 public:
  /// Opens the database of `where`, which is there and not empty. Requires: `files` outlives this.
  /// Errors: as open_state_for_reading().
  static Result<std::unique_ptr<StateReader>> open(const os::FileSystem& files,
                                                   const StateLocation& where);

  Result<change::Applied> applied() const override;
  Result<std::optional<AppliedRecord>> find(std::string_view id) const override;
  Result<std::vector<UnfinishedNode>> unfinished() const override;
  Result<std::vector<Run>> runs(int limit) const override;

 private:
  SettledReader(const os::FileSystem& files, StateLocation where)
      : files_(files), where_(std::move(where)) {}
  Status open_settled();
  /// True while the file is the one that was opened.
  bool is_settled() const;
  template <class Ask>
  auto read(Ask ask) const -> decltype(ask(std::declval<const StateReader&>()));

  const os::FileSystem& files_;
  StateLocation where_;
  os::FileInfo opened_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<StateReader> reader_;
  mutable bool shared_ = false;
};

}  // namespace vmplan::state
