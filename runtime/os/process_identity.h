// SPDX-License-Identifier: Apache-2.0
// Which process is meant, in a way that the reuse of a PID cannot confuse.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/base/result.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {

/// A PID is unique only together with the moment of its start and the boot of the kernel.
struct ProcessIdentity {
  std::int64_t pid = 0;
  /// Units: clock ticks after boot (field 22 of /proc/PID/stat).
  std::int64_t start_ticks = 0;
  std::string boot_id;
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// What is used of /proc/PID/stat.
struct ProcessStat {
  std::int64_t start_ticks = 0;
  /// The first thread has ended or is about to.
  bool ending = false;
};
/// nullopt for a zombie without further threads, a dead process, or other text. The name of the
/// program in it may hold anything, also `)` and white space.
std::optional<ProcessStat> parse_process_stat(std::string_view stat);

/// What the kernel says about processes. Source: proc(5).
class ProcessTable {
 public:
  /// Another `proc` is for tests.
  explicit ProcessTable(std::string proc = "/proc") : proc_(std::move(proc)) {}

  /// Empty when the kernel does not say.
  std::string boot_id() const;
  /// nullopt when there is no such process, or all its threads have ended and it waits for its
  /// parent (a zombie).
  std::optional<ProcessIdentity> identify(std::int64_t pid) const;
  /// Exactly this process lives.
  bool alive(const ProcessIdentity& identity) const;
  /// It lives, and its end has begun: it does nothing any more but give back what it holds, which
  /// takes time where that is much memory.
  bool ending(const ProcessIdentity& identity) const;
  /// A pidfd of exactly this process: opened first, checked afterwards, so it cannot be another
  /// one. Errors: NotFound.
  Result<UniqueFd> open(const ProcessIdentity& identity) const;

 private:
  std::optional<ProcessStat> look_at(std::int64_t pid) const;
  std::string proc_;
};

}  // namespace vmplan::os
