// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace vmplan::test {

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string in_tree(std::string_view path) {
  return std::string(VMPLAN_SOURCE_DIR "/").append(path);
}

void check_golden(const std::string& path, const std::string& actual) {
  std::string expected = slurp(path);
  if (expected == actual && std::filesystem::exists(path)) return;
  if (std::getenv("VMPLAN_ACCEPT") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    FAIL_CHECK("accepted " << path << ": read it, and run again");
  } else {
    FAIL_CHECK(path << " differs; found:\n" << actual);
  }
}

}  // namespace vmplan::test
