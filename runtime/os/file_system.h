// SPDX-License-Identifier: Apache-2.0
// The file system below one lab root, as vmplan uses it. Every path is lab-relative and is opened
// beneath the root (openat2 RESOLVE_BENEATH), or lies in one of the allowed places outside it.
// Twins: posix_file_system.h (real), tests/support (in memory, faulty).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"
#include "runtime/os/cancel.h"

namespace vmplan::os {

enum class FileKind : std::uint8_t { Regular, Directory, Symlink, Socket, Other };

/// What stat says, as far as vmplan asks.
struct FileInfo {
  FileKind kind = FileKind::Regular;
  /// Units: bytes.
  std::int64_t size = 0;
  /// Units: nanoseconds since 1970.
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  /// When the file was made; 0: the file system does not say.
  std::int64_t birth_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint32_t mode = 0;
  friend bool operator==(const FileInfo&, const FileInfo&) = default;
};

/// Errors of every call: NotFound; Denied (permission, or the path leaves its roots, through a
/// symbolic link too); NoSpace; Io. The message names the path and the reason of the system.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  /// Does not follow a final symbolic link.
  virtual Result<FileInfo> stat(std::string_view path) const = 0;
  /// Errors: also Refused for anything but a regular file, or one larger than `limit` bytes.
  virtual Result<std::string> read(std::string_view path, std::size_t limit) const = 0;
  /// Bytes of a regular file of any size from `offset` on: at most `count`, fewer only where the
  /// file ends.
  virtual Result<std::string> read_part(std::string_view path, std::int64_t offset,
                                        std::size_t count) const = 0;
  /// Names without `.` and `..`, sorted bytewise.
  virtual Result<std::vector<std::string>> list(std::string_view directory) const = 0;
  /// SHA-256 of a regular file, streamed. Errors: also Refused for anything else; Interrupted, soon
  /// after `cancel` is at level Kill.
  virtual Result<Digest> digest(std::string_view path, const Cancel& cancel) const = 0;

  /// Creates a directory and its missing parents, durably; an existing directory is fine (its mode
  /// is kept).
  virtual Status make_directories(std::string_view path, std::uint32_t mode) = 0;
  /// Replaces the file or makes it, so that a crash leaves the old bytes or the new ones: temporary
  /// file beside it, fsync, rename, fsync of the directory.
  virtual Status write_atomic(std::string_view path, std::string_view bytes,
                              std::uint32_t mode) = 0;
  /// Adds bytes to the end of a regular file, which is made (0600) when it is not there, and not
  /// yet durable. Errors: also Refused for anything but a regular file, a symbolic link among them.
  virtual Status append(std::string_view path, std::string_view bytes) = 0;
  /// Sets the mode of a regular file. Errors: as append(), and NotFound.
  virtual Status set_mode(std::string_view path, std::uint32_t mode) = 0;
  /// Copies a regular file (reflink where possible) to `to`, which is overwritten, and makes it
  /// durable. Errors: also Interrupted as digest(), and then there is no `to`.
  virtual Status copy(std::string_view from, std::string_view to, std::uint32_t mode,
                      const Cancel& cancel) = 0;
  /// fsync of `from`, then a rename that never replaces, then fsync of the directory.
  /// Errors: also Exists, and then nothing has changed.
  virtual Status publish(std::string_view from, std::string_view to) = 0;
  /// Removes a file, socket or empty directory, durably. Errors: also NotFound.
  virtual Status remove(std::string_view path) = 0;
  /// Removes a directory with all that is in it, following no link and entering no other file
  /// system. Errors: also NotFound; Refused for what is mounted below it.
  virtual Status remove_tree(std::string_view path) = 0;
  /// Checks that `path`, following every symbolic link, stays beneath the root or an allowed place.
  /// A missing tail is fine. For the moment right before an external program gets the path.
  virtual Status check_beneath(std::string_view path) const = 0;
  /// The absolute path of what `path` leads to, with every symbolic link followed: where a file has
  /// to be replaced so that links to it stay.
  virtual Result<std::string> real_path(std::string_view path) const = 0;
};

}  // namespace vmplan::os
