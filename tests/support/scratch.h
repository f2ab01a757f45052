// SPDX-License-Identifier: Apache-2.0
// A directory of one test case, below the directory that the build gives to tests.
#pragma once

#include <string>
#include <string_view>

namespace vmplan::test {

class Scratch {
 public:
  /// Makes an empty directory; `name` only helps people to find it.
  explicit Scratch(std::string_view name);
  /// Removes everything in it.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// Absolute.
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view relative) const;

  /// Writes a file of the test, making its directories.
  void write(std::string_view relative, std::string_view bytes) const;
  std::string read(std::string_view relative) const;
  bool exists(std::string_view relative) const;
  void make_directory(std::string_view relative) const;
  void make_symlink(std::string_view relative, std::string_view target) const;

 private:
  std::string path_;
};

}  // namespace vmplan::test
