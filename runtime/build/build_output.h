// SPDX-License-Identifier: Apache-2.0
// What a build leaves behind: the lock file, and the plan and digests in the lab's cache. Equal
// bytes are not written again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/lock_file.h"
#include "compiler/plan/plan.h"
#include "runtime/build/build_lab.h"

namespace vmplan::build {

/// A node whose key differs from the last build's.
struct ChangedNode {
  std::string id;
  /// "new", "gone", or nothing when it changed.
  std::string what;
};

/// The build compared with the one before it.
struct BuildReport {
  std::size_t nodes = 0;
  std::vector<ChangedNode> changed;
  /// What the lock file would have to say differently; empty when it is up to date.
  std::vector<std::string> lock_differences;
  /// Why the lock file that is there cannot be read (a merge conflict, a cut); empty when it can.
  std::string lock_problem;
  Digest plan_hash;
  /// The plan of the last build, if its cache is still there: what --explain compares with.
  std::optional<plan::Plan> previous;
};

/// Compares with the lock file that is there; a damaged one counts as empty and is named in the
/// report. Reads only. Errors: Io, Denied.
Result<BuildReport> compare_with_lock(const LabBuild& build, bool with_previous_plan);

/// Writes lock, cached plan and digest cache where they differ. The lock file comes last: it is
/// what says that a build is complete. Errors: NoSpace, Denied, Io; then the old lock file is still
/// there.
Status write_outputs(LabBuild& build);

/// Makes the directory of vmplan's own files, with a .gitignore that covers all of it.
Status make_state_dir(os::FileSystem& files, const std::string& state_dir);

}  // namespace vmplan::build
