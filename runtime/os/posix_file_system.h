// SPDX-License-Identifier: Apache-2.0
// os::FileSystem on the real disk, beneath a LabRoot.
#pragma once

#include "runtime/os/file_system.h"
#include "runtime/os/lab_root.h"

namespace vmplan::os {

class PosixFileSystem final : public FileSystem {
 public:
  /// Requires: `root` outlives this.
  explicit PosixFileSystem(const LabRoot& root) : root_(root) {}

  Result<FileInfo> stat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> read_part(std::string_view path, std::int64_t offset,
                                std::size_t count) const override;
  Result<std::vector<std::string>> list(std::string_view directory) const override;
  Result<Digest> digest(std::string_view path, const Cancel& cancel) const override;
  Status make_directories(std::string_view path, std::uint32_t mode) override;
  Status write_atomic(std::string_view path, std::string_view bytes, std::uint32_t mode) override;
  Status append(std::string_view path, std::string_view bytes) override;
  Status set_mode(std::string_view path, std::uint32_t mode) override;
  Status copy(std::string_view from, std::string_view to, std::uint32_t mode,
              const Cancel& cancel) override;
  Status publish(std::string_view from, std::string_view to) override;
  Status remove(std::string_view path) override;
  Status remove_tree(std::string_view path) override;
  Status check_beneath(std::string_view path) const override;
  Result<std::string> real_path(std::string_view path) const override;

 private:
  const LabRoot& root_;
};

}  // namespace vmplan::os
