// SPDX-License-Identifier: Apache-2.0
// Labs below tests/golden/: CASE/lab/ as a lab in memory. A lab that holds one file only, not in a
// directory, is a lab of one file. CASE/platform.json, where there is one, is the platform;
// CASE/user and CASE/system are profiles outside the lab; CASE/asked holds the name of a profile to
// look for.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "compiler/model/model.h"
#include "tests/support/memory_file_reader.h"

namespace vmplan::test {

struct GoldenLab {
  /// Reads the case; fails the running test when that cannot be done.
  explicit GoldenLab(std::filesystem::path directory);

  /// CASE, in which a test keeps what it expects.
  std::filesystem::path directory;
  MemoryFileReader files;
  MemoryFileReader user;
  MemoryFileReader system;
  /// Points into this object, which therefore stays where it is.
  model::LabRequest request;
  /// Empty: no profile is looked for.
  std::string asked;
};

/// The cases of one kind: those in tests/golden/KIND/, sorted.
std::vector<std::filesystem::path> golden_cases(std::string_view kind);

}  // namespace vmplan::test
