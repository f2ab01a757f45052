// SPDX-License-Identifier: Apache-2.0
// A lab without its plan: for commands that work on what was applied, whatever the profiles say by
// now. It reads vmplan.toml alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/build/locate_lab.h"
#include "runtime/os/lab_root.h"

namespace vmplan::build {

struct OpenLab {
  LabLocation where;
  /// As `[lab] name` says, or the stem of the profile's name in a lab of one file; else "lab".
  std::string name;
  /// `[paths] allow`.
  std::vector<std::string> paths_allow;
  /// With the allowed places.
  os::LabRoot root;
};

/// What is wrong in vmplan.toml counts as not written: it must not keep anybody from stopping a
/// machine. Errors: those of the root; Denied, Io when vmplan.toml is there and cannot be read.
Result<OpenLab> open_lab(const LabLocation& where);

/// Places outside the lab that its file allows.
std::vector<std::string> allowed_places(const std::optional<model::LabFile>& file);

}  // namespace vmplan::build
