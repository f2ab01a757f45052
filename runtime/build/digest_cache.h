// SPDX-License-Identifier: Apache-2.0
// SHA-256 of files that have not changed since they were hashed, judged by stat. Always rebuildable: a damaged, stale or
// missing cache only costs the hashing.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"
#include "runtime/os/file_system.h"

namespace vmplan::build {

/// Thread-safe.
class DigestCache {
 public:
  /// Reads the cache file at `path` if there is one.
  DigestCache(os::FileSystem& files, std::string path);

  /// The digest of a file, from the cache when size, times, inode and device are those that were hashed.
  /// Errors: as FileSystem::digest().
  Result<Digest> digest(std::string_view file);

  /// Writes the cache if something was added. Errors: as FileSystem::write_atomic().
  Status save();

 private:
  struct Entry {
    os::FileInfo info;
    Digest digest;
  };
  void load();

  os::FileSystem& files_;
  std::string path_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  bool changed_ = false;
};

}  // namespace vmplan::build
