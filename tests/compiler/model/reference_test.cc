// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/reference.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

TEST_CASE("docs/language.md is what the field tables say") {
  const std::string path = VMPLAN_SOURCE_DIR "/docs/language.md";
  std::ifstream file(path, std::ios::binary);
  std::string shown((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::string current = vmplan::model::language_reference();
  if (shown != current && std::getenv("VMPLAN_ACCEPT") != nullptr) {
    std::ofstream(path, std::ios::binary) << current;
    FAIL("docs/language.md was rewritten; look at it and run again");
  }
  CHECK(shown == current);
}
