// SPDX-License-Identifier: Apache-2.0
// Files of a lab that exist only in a map, and a diary of who was asked for what.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/base/file_reader.h"

namespace vmplan::test {

class MemoryFileReader final : public FileReader {
 public:
  void add(std::string path, std::string bytes);
  /// Every question about this path gets this answer.
  void break_path(std::string path, Error error);

  /// One line per question, in order: "read profiles/web.toml", "list profiles", "digest vmlinuz".
  const std::vector<std::string>& diary() const { return diary_; }

  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::vector<std::string>> list(std::string_view directory) const override;
  Result<Digest> digest(std::string_view path) const override;

 private:
  /// The bytes of a file, as read() and digest() see it.
  Result<std::string> bytes_of(std::string_view path) const;

  std::map<std::string, std::string, std::less<>> files_;
  std::map<std::string, Error, std::less<>> broken_;
  mutable std::vector<std::string> diary_;
};

}  // namespace vmplan::test
