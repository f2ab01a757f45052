// SPDX-License-Identifier: Apache-2.0
// How the compiler sees files: it asks, somebody else opens them (a directory, memory, a git tree).
// Every answer, also "not there", is an input of the unit that asked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"

namespace vmplan {

/// Reads below one lab root. Paths are relative to it, with `/` between segments.
class FileReader {
 public:
  FileReader() = default;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  virtual ~FileReader() = default;

  /// The bytes of a regular file of at most `limit` bytes.
  /// Errors: NotFound; Denied (outside the root, or no permission); Refused (a FIFO, device or
  /// directory, or larger than `limit`); Io.
  virtual Result<std::string> read(std::string_view path, std::size_t limit) const = 0;

  /// Names in a directory, sorted bytewise, without `.` and `..`.
  /// Errors: as read().
  virtual Result<std::vector<std::string>> list(std::string_view directory) const = 0;

  /// SHA-256 of a file of any size. An implementation may know it without reading the file (a cache
  /// validated by stat, the lock file of an old revision). Errors: as read().
  virtual Result<Digest> digest(std::string_view path) const = 0;
};

}  // namespace vmplan
