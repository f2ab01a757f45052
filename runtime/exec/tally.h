// SPDX-License-Identifier: Apache-2.0
// Keeps count of how the rows of a change set end. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "runtime/exec/executor.h"
#include "runtime/exec/item_runner.h"

namespace vmplan::exec {

class Tally {
 public:
  /// Requires: `set` outlives it.
  explicit Tally(const change::ChangeSet& set) : set_(set), ends_(set.rows.size(), End::Open) {}

  /// Rows on which there is work.
  std::int64_t nodes_with_work() const;

  /// Takes the end of an item; reports a failure. Returns whether it went well.
  bool note(const WorkItem& item, Result<ItemRunner::Done> done, EventStream& events);
  void adopted(std::size_t row);
  void failed(std::size_t row, Error error);

  /// Adds it all up, reports what was never reached, and then the end of the run.
  ExecResult result(state::RunId run, const os::Cancel& cancel, EventStream& events);

 private:
  enum class End : std::uint8_t { Open, Done, Adopted, Failed };
  void count(std::size_t row, Counters& counters) const;

  const change::ChangeSet& set_;
  std::mutex mutex_;
  std::vector<End> ends_;
  std::map<std::size_t, Error> errors_;
};

}  // namespace vmplan::exec
