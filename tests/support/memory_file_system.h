// SPDX-License-Identifier: Apache-2.0
// The in-memory twin of os::PosixFileSystem: files, directories, symbolic links and modes, and a
// diary of every call. The contract test (tests/runtime/os/file_system_contract_test.cc) runs
// against both.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "runtime/os/file_system.h"
#include "runtime/os/lab_path.h"

namespace vmplan::test {

/// One call that was made.
struct Access {
  std::string call;
  std::string path;
  friend bool operator==(const Access&, const Access&) = default;
};

class MemoryFileSystem final : public os::FileSystem {
 public:
  /// The lab root is "/lab". `allowed` as in [paths] allow.
  explicit MemoryFileSystem(const std::vector<std::string>& allowed = {});

  // Set-up and inspection; none of these is in the diary.
  /// Makes or replaces a file together with its parents.
  void put(std::string_view path, std::string_view bytes, std::uint32_t mode = 0644);
  void put_directory(std::string_view path, std::uint32_t mode = 0755);
  void put_symlink(std::string_view path, std::string_view target);
  void put_socket(std::string_view path);
  /// A FIFO or device.
  void put_other(std::string_view path);
  /// The file gets this number, as file systems give those of removed files again.
  void set_inode(std::string_view path, std::uint64_t inode);
  /// From here on stat says no time of birth, as some file systems do.
  void forget_births();
  bool exists(std::string_view path) const;
  /// nullopt when there is no such regular file.
  std::optional<std::string> bytes(std::string_view path) const;
  /// Absolute paths of everything but directories, sorted.
  std::vector<std::string> everything() const;
  std::vector<Access> diary() const;
  void clear_diary();

  Result<os::FileInfo> stat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> read_part(std::string_view path, std::int64_t offset,
                                std::size_t count) const override;
  Result<std::vector<std::string>> list(std::string_view directory) const override;
  Result<Digest> digest(std::string_view path, const os::Cancel& cancel) const override;
  Status make_directories(std::string_view path, std::uint32_t mode) override;
  Status write_atomic(std::string_view path, std::string_view bytes, std::uint32_t mode) override;
  Status append(std::string_view path, std::string_view bytes) override;
  Status set_mode(std::string_view path, std::uint32_t mode) override;
  Status copy(std::string_view from, std::string_view to, std::uint32_t mode,
              const os::Cancel& cancel) override;
  Status publish(std::string_view from, std::string_view to) override;
  Status remove(std::string_view path) override;
  Status remove_tree(std::string_view path) override;
  Status check_beneath(std::string_view path) const override;
  Result<std::string> real_path(std::string_view path) const override;

 private:
  struct Node {
    os::FileKind kind = os::FileKind::Regular;
    std::string bytes;  ///< of a symbolic link: its target
    std::uint32_t mode = 0644;
    std::uint64_t inode = 0;
    std::int64_t time_ns = 0;
    std::int64_t birth_ns = 0;
  };
  enum class Final { Follow, Keep };

  void note(std::string_view call, std::string_view path) const;
  Result<std::string> resolve(std::string_view path, Final final_link) const;
  /// Absolute path of an entry whose parent exists.
  Result<std::string> entry(std::string_view path) const;
  Result<const Node*> regular(std::string_view path) const;
  bool has_children(const std::string& absolute) const;
  Node& make(const std::string& absolute, os::FileKind kind, std::string_view bytes,
             std::uint32_t mode);
  void make_parents(const std::string& absolute);

  os::LabPlaces places_;
  mutable std::mutex mutex_;
  std::map<std::string, Node> nodes_;
  std::uint64_t next_inode_ = 1;
  std::int64_t now_ns_ = 1'000'000'000;
  bool knows_births_ = true;
  mutable std::vector<Access> diary_;
};

}  // namespace vmplan::test
