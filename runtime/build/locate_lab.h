// SPDX-License-Identifier: Apache-2.0
// From the PATH on the command line to a lab: its root directory and whether it is a lab of one
// file.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/result.h"

namespace vmplan::build {

struct LabLocation {
  /// Absolute path of the lab root.
  std::string root;
  /// File name of the profile when the lab is that one file.
  std::optional<std::string> single_file;
};

/// `path` is a directory, a profile or vmplan.toml; empty: the current directory or the nearest one
/// above it that holds a vmplan.toml or profiles/. Errors: NotFound with what was looked for;
/// Refused when `path` is neither a directory nor a file.
Result<LabLocation> locate_lab(const std::string& path);

/// The nearest directory at or above an absolute one that holds a vmplan.toml or profiles/.
std::optional<std::string> lab_around(const std::string& directory);

}  // namespace vmplan::build
