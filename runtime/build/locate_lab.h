// SPDX-License-Identifier: Apache-2.0
// From the PATH on the command line to a lab: its root directory and whether it is a lab of one
// file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/model/scopes.h"

namespace vmplan::build {

struct LabLocation {
  /// Absolute path of the lab root.
  std::string root;
  /// File name of the profile when the lab is that one file.
  std::optional<std::string> single_file;
  /// Where that file is; the user's and the system's profiles are not below the root.
  model::Scope scope = model::Scope::Project;
};

/// `path` is a directory, a profile or vmplan.toml; empty: the current directory or the nearest one
/// above it that holds a vmplan.toml or profiles/. Errors: NotFound with what was looked for;
/// Refused when `path` is neither a directory nor a file.
Result<LabLocation> locate_lab(const std::string& path);

/// The lab of one file below `root` that was applied and whose file is gone since: what is left of
/// it must still be seen and stopped. nullopt when nothing of it is there.
std::optional<LabLocation> applied_without_file(const std::string& root, std::string_view stem);

/// The nearest directory at or above an absolute one that holds a vmplan.toml or profiles/.
std::optional<std::string> lab_around(const std::string& directory);

}  // namespace vmplan::build
