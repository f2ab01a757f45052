// SPDX-License-Identifier: Apache-2.0
// The run directory of one machine: its fixed file names, its two locks, its record. Used by the
// shim and by vmplan.
//   lock           held by the shim and, through inheritance, by QEMU: free only when QEMU has
//   ended shim.lock      held by the one shim of the machine (or by vmplan while it stands in for a
//   missing shim) run.json       the record; written only by the holder of shim.lock shim.sock
//   control socket of the shim shim-qmp.sock  QEMU's monitor for the shim; every other monitor is
//   free for users
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/units.h"
#include "runtime/os/lab_root.h"
#include "runtime/vm/run_record.h"

namespace vmplan::vm {

inline constexpr const char* kMachineLock = "lock";
/// The descriptor under which QEMU inherits it.
inline constexpr int kInheritedLock = 3;
inline constexpr const char* kShimLock = "shim.lock";
inline constexpr const char* kRunRecord = "run.json";
inline constexpr const char* kControlSocket = "shim.sock";
inline constexpr const char* kShimMonitor = "shim-qmp.sock";

class RunDirectory {
 public:
  /// Requires: `path` is lab-relative. Errors: those of FileSystem.
  static Result<RunDirectory> open(const os::LabRoot& root, std::string_view path);

  int fd() const { return fd_.get(); }
  /// Lab-relative path of a file in it, for messages.
  std::string shown(std::string_view name) const;

  /// Takes one of the two locks, trying again until `patience` is over. The descriptor is
  /// close-on-exec. Errors: Busy.
  Result<os::UniqueFd> lock(const char* name, Millis patience) const;

  /// Nobody holds the lock; it is not kept, and no file is made. False when that is not certain.
  bool is_free(const char* name) const;

  /// Whether a process may have inherited `lock`, as QEMU does. False only when that is certain.
  bool may_hold_lock(std::int64_t pid) const;

  /// nullopt when there is none. Errors: Corrupt, Io.
  Result<std::optional<RunRecord>> read_record() const;
  /// Durable. Requires: shim.lock is held.
  Status write_record(const RunRecord& record) const;

  /// Removes every socket. Requires: `lock` is held, so nobody listens on them.
  void remove_sockets() const;
  /// Removes one entry if it is there.
  void remove(const char* name) const;

 private:
  RunDirectory(os::UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  os::UniqueFd fd_;
  std::string path_;
};

}  // namespace vmplan::vm
