// SPDX-License-Identifier: Apache-2.0
// The compiler's view of a lab directory: reads through the file system, digests through the cache.
#pragma once

#include <fmt/format.h>

#include "compiler/base/file_reader.h"
#include "runtime/store/digest_cache.h"

namespace vmplan::build {

class LabReader final : public FileReader {
 public:
  LabReader(const os::FileSystem& files, store::DigestCache& digests)
      : files_(files), digests_(digests) {}

  Result<std::string> read(std::string_view path, std::size_t limit) const override {
    Result<std::string> bytes = files_.read(path, limit);
    // A link to nothing is not an absent file: a vmplan.toml would silently not count.
    if (!bytes && bytes.error().kind == ErrorKind::NotFound && files_.stat(path))
      return fail(ErrorKind::Refused, fmt::format("`{}` is a symbolic link to nothing", path));
    return bytes;
  }
  Result<std::vector<std::string>> list(std::string_view directory) const override {
    return files_.list(directory);
  }
  Result<Digest> digest(std::string_view path) const override {
    return digests_.digest(path, never_);
  }

 private:
  const os::FileSystem& files_;
  store::DigestCache& digests_;
  /// A build leaves nothing half done, so that a signal simply ends it.
  os::Cancel never_;
};

}  // namespace vmplan::build
