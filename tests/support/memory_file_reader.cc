// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_file_reader.h"

#include <fmt/format.h>

#include <set>

#include "compiler/base/lexical_path.h"

namespace vmplan::test {

void MemoryFileReader::add(std::string path, std::string bytes) {
  files_[std::move(path)] = std::move(bytes);
}

void MemoryFileReader::break_path(std::string path, Error error) {
  broken_[std::move(path)] = std::move(error);
}

Result<std::string> MemoryFileReader::bytes_of(std::string_view path) const {
  if (auto broken = broken_.find(path); broken != broken_.end()) return fail(broken->second);
  if (auto file = files_.find(path); file != files_.end()) return file->second;
  for (const auto& [name, bytes] : files_)
    if (is_within(name, path))
      return fail(ErrorKind::Refused, fmt::format("{}: is a directory", path));
  return fail(ErrorKind::NotFound, fmt::format("{}: No such file or directory", path));
}

Result<std::string> MemoryFileReader::read(std::string_view path, std::size_t limit) const {
  diary_.push_back(fmt::format("read {}", path));
  auto bytes = bytes_of(path);
  if (bytes && bytes->size() > limit)
    return fail(ErrorKind::Refused, fmt::format("{}: too large", path));
  return bytes;
}

Result<std::vector<std::string>> MemoryFileReader::list(std::string_view directory) const {
  diary_.push_back(fmt::format("list {}", directory));
  if (auto broken = broken_.find(directory); broken != broken_.end()) return fail(broken->second);
  std::set<std::string> names;
  for (const auto& [path, bytes] : files_) {
    std::string_view rest = path;
    if (directory != ".") {
      if (!is_within(path, directory) || path == directory) continue;
      rest.remove_prefix(directory.size() + 1);
    }
    names.emplace(rest.substr(0, rest.find('/')));
  }
  if (names.empty() && directory != ".")
    return fail(ErrorKind::NotFound, fmt::format("{}: No such file or directory", directory));
  return std::vector<std::string>(names.begin(), names.end());
}

Result<Digest> MemoryFileReader::digest(std::string_view path) const {
  diary_.push_back(fmt::format("digest {}", path));
  auto bytes = bytes_of(path);
  if (!bytes) return fail(bytes.error());
  return sha256(*bytes);
}

}  // namespace vmplan::test
