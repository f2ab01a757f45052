// SPDX-License-Identifier: Apache-2.0
// Mutual exclusion between processes by flock(2): the kernel frees a lock when its owner dies, so
// there is no stale lock and nothing to clean. The bytes in the file only tell people who it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/clock.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/process_identity.h"

namespace vmplan::os {

/// Who holds a lock, for messages.
struct LockOwner {
  std::string user;
  std::string host;
  ProcessIdentity process;
  /// UTC, RFC 3339.
  std::string since;
  /// What it is doing: "apply".
  std::string command;
};

/// One line of canonical JSON with a final line feed, and back; nullopt for other bytes.
std::string encode(const LockOwner& owner);
std::optional<LockOwner> decode_lock_owner(std::string_view bytes);

/// A held lock; released when it goes out of scope, or when the process dies.
class FileLock {
 public:
  /// Does not wait. The file is made when it is missing; its directory must exist.
  /// Errors: Busy, naming the owner; those of FileSystem.
  static Result<FileLock> acquire(const LabRoot& root, std::string_view path,
                                  std::string_view command, const Clock& clock);
  FileLock(FileLock&&) = default;
  FileLock& operator=(FileLock&&) = default;
  ~FileLock();

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace vmplan::os
