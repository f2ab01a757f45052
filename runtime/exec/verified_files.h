// SPDX-License-Identifier: Apache-2.0
// Digests of files that were read in this run, kept as long as stat says that nothing was written.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"
#include "runtime/os/file_system.h"

namespace vmplan::exec {

/// Thread-safe.
class VerifiedFiles {
 public:
  explicit VerifiedFiles(const os::FileSystem& files) : files_(files) {}

  /// SHA-256 of a regular file; reads it only when it is new or looks changed.
  /// Errors: those of FileSystem::digest; Busy when it is being written meanwhile.
  Result<Digest> digest(std::string_view path);
  /// Errors: also Corrupt, with both digests.
  Status verify(std::string_view path, const Digest& expected);

 private:
  struct Known {
    os::FileInfo info;
    Digest digest;
  };
  const os::FileSystem& files_;
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace vmplan::exec
