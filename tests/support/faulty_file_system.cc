// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faulty_file_system.h"

#include <limits>

namespace vmplan::test {

void FaultyFileSystem::fail_call(int n, Error error, When when) {
  calls_ = 0;
  first_ = last_ = n;
  error_ = std::move(error);
  when_ = when;
}

void FaultyFileSystem::fail_from(int n, Error error) {
  fail_call(n, std::move(error));
  last_ = std::numeric_limits<int>::max();
}

template <class Call>
auto FaultyFileSystem::guarded(Call call) const -> decltype(call()) {
  const int number = ++calls_;
  const bool fails = first_ > 0 && number >= first_ && number <= last_;
  if (fails && when_ == When::Before) return fail(error_);
  auto result = call();
  if (fails) return fail(error_);
  return result;
}

Result<os::FileInfo> FaultyFileSystem::stat(std::string_view path) const {
  return guarded([&] { return inner_.stat(path); });
}
Result<std::string> FaultyFileSystem::read(std::string_view path, std::size_t limit) const {
  return guarded([&] { return inner_.read(path, limit); });
}
Result<std::string> FaultyFileSystem::read_part(std::string_view path, std::int64_t offset,
                                                std::size_t count) const {
  return guarded([&] { return inner_.read_part(path, offset, count); });
}
Result<std::vector<std::string>> FaultyFileSystem::list(std::string_view directory) const {
  return guarded([&] { return inner_.list(directory); });
}
Result<Digest> FaultyFileSystem::digest(std::string_view path, const os::Cancel& cancel) const {
  return guarded([&] { return inner_.digest(path, cancel); });
}
Status FaultyFileSystem::make_directories(std::string_view path, std::uint32_t mode) {
  return guarded([&] { return inner_.make_directories(path, mode); });
}
Status FaultyFileSystem::write_atomic(std::string_view path, std::string_view bytes,
                                      std::uint32_t mode) {
  return guarded([&] { return inner_.write_atomic(path, bytes, mode); });
}
Status FaultyFileSystem::append(std::string_view path, std::string_view bytes) {
  return guarded([&] { return inner_.append(path, bytes); });
}
Status FaultyFileSystem::set_mode(std::string_view path, std::uint32_t mode) {
  return guarded([&] { return inner_.set_mode(path, mode); });
}
Status FaultyFileSystem::copy(std::string_view from, std::string_view to, std::uint32_t mode,
                              const os::Cancel& cancel) {
  return guarded([&] { return inner_.copy(from, to, mode, cancel); });
}
Status FaultyFileSystem::publish(std::string_view from, std::string_view to) {
  return guarded([&] { return inner_.publish(from, to); });
}
Status FaultyFileSystem::remove(std::string_view path) {
  return guarded([&] { return inner_.remove(path); });
}
Status FaultyFileSystem::remove_tree(std::string_view path) {
  return guarded([&] { return inner_.remove_tree(path); });
}
Status FaultyFileSystem::check_beneath(std::string_view path) const {
  return guarded([&] { return inner_.check_beneath(path); });
}
Result<std::string> FaultyFileSystem::real_path(std::string_view path) const {
  return guarded([&] { return inner_.real_path(path); });
}

}  // namespace vmplan::test
