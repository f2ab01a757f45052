// SPDX-License-Identifier: Apache-2.0
// From the name of a profile to the lab that holds it: the lab around the current directory, or a
// lab of one made of a profile of the user or the system.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/diagnostic.h"
#include "runtime/build/locate_lab.h"
#include "runtime/build/scope_directories.h"

namespace vmplan::build {

struct LocatedProfile {
  /// What was said about the name: what hides what, or that there is no such profile, and then what
  /// is wrong in the lab, which may be the reason.
  Diagnostics diagnostics;
  SourceMap sources;
  /// The lab around the place that was asked about, or that place itself. Absolute.
  std::string root;
  /// nullopt after an error.
  std::optional<LabLocation> where;
  /// As ProfileFile::path.
  std::string source;
};

/// `path` is a directory; empty: the nearest lab at or above the current directory, or else the
/// current directory.
/// Errors: those of locate_lab() for a path; Refused for a file; those of the lab's root.
Result<LocatedProfile> locate_profile(const std::string& name, const std::string& path,
                                      const ScopePaths& scopes);

}  // namespace vmplan::build
