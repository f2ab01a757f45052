// SPDX-License-Identifier: Apache-2.0
// A file system that works until a chosen call. Fault tests loop over every call number.
#pragma once

#include <atomic>
#include <utility>

#include "runtime/os/file_system.h"

namespace vmplan::test {

class FaultyFileSystem final : public os::FileSystem {
 public:
  /// Before: the call has no effect. After: it takes effect and reports failure all the same.
  enum class When : std::uint8_t { Before, After };

  explicit FaultyFileSystem(os::FileSystem& inner) : inner_(inner) {}

  /// The `n`-th call from now (counting from 1) fails; 0: none does.
  void fail_call(int n, Error error = {ErrorKind::NoSpace, "injected: No space left on device"},
                 When when = When::Before);
  /// That call and every later one fail.
  void fail_from(int n, Error error = {ErrorKind::Io, "injected: Input/output error"});
  /// Calls since the last fail_call() or fail_from().
  int calls() const { return calls_; }

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
  template <class Call>
  auto guarded(Call call) const -> decltype(call());

  os::FileSystem& inner_;
  mutable std::atomic<int> calls_{0};
  int first_ = 0;
  int last_ = 0;
  When when_ = When::Before;
  Error error_;
};

}  // namespace vmplan::test
