// SPDX-License-Identifier: Apache-2.0
// The run directory of one machine: its two locks, its record. Used by the shim and by vmplan.
// The names of its files, and who holds them, stand in compiler/base/run_directory_names.h:
//
// - `lock` is held by the shim and, through inheritance, by QEMU: free only when QEMU has ended;
// - `shim.lock` by the one shim of the machine, or by vmplan standing in for a missing one;
// - `run.json`, the record, is written only by the holder of `shim.lock`;
// - `shim-qmp.sock` is QEMU's monitor for the shim; every other monitor is free for users.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/run_directory_names.h"
#include "compiler/base/units.h"
#include "runtime/os/lab_root.h"
#include "runtime/vm/run_record.h"

namespace vmplan::vm {

using vmplan::kControlSocket;
using vmplan::kMachineLock;
using vmplan::kRunRecord;
using vmplan::kShimLock;
using vmplan::kShimMonitor;
/// The descriptor under which QEMU inherits `lock`.
inline constexpr int kInheritedLock = 3;

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
