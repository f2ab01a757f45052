// SPDX-License-Identifier: Apache-2.0
// The labs that lie in the repository (examples and golden cases), as texts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"

namespace vmplan::test {

struct LabText {
  /// Where it lies: "examples/pair".
  std::string name;
  std::map<std::string, std::string> files;
  model::LabRequest request;
};

/// Sorted by name; read once. Those that hold no TOML file are left out.
const std::vector<LabText>& tree_labs();

/// Everything the compiler made of a lab.
struct TreeRun {
  SourceMap sources;
  Diagnostics diagnostics;
  model::LabSources read;
  /// nullopt when the lab has errors.
  std::optional<Compiled> compiled;
};

/// Sends a lab through the whole compiler, beside the kernel, initrd and image that the labs expect
/// their user to have.
TreeRun compile_tree_lab(const LabText& lab);

}  // namespace vmplan::test
