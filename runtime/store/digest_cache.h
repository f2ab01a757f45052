// SPDX-License-Identifier: Apache-2.0
// SHA-256 of files that have not changed since they were hashed, judged by stat. Always
// rebuildable: the cache file ends with the digest of itself, and a damaged, stale or missing one
// only costs the hashing.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"
#include "runtime/os/file_system.h"

namespace vmplan::store {

/// Thread-safe.
class DigestCache {
 public:
  /// Reads the cache file at `path` if there is one. An empty path: nothing is kept beyond this
  /// object. Requires: `files` outlives this.
  DigestCache(os::FileSystem& files, std::string path);

  /// The digest of a file, from the cache when size, times, inode and device are those that were
  /// hashed. What is behind a symbolic link is read every time: the link's own stat says nothing
  /// about it. Errors: as FileSystem::digest(); Busy when the file is being written meanwhile.
  Result<Digest> digest(std::string_view file, const os::Cancel& cancel);
  /// Errors: also Corrupt, with both digests.
  Status verify(std::string_view file, const Digest& expected, const os::Cancel& cancel);

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

/// Where a lab keeps its cache.
std::string digest_cache_path(std::string_view state_dir);

}  // namespace vmplan::store
