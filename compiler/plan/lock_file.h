// SPDX-License-Identifier: Apache-2.0
// vmplan.lock: what the last build made, one line a fact, so that it reviews and merges well.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"
#include "compiler/plan/plan.h"

namespace vmplan::plan {

struct LockFile {
  std::string platform;
  Digest platform_digest;
  /// Every file that was hashed, by path.
  std::map<std::string, Digest, std::less<>> inputs;
  /// Results of recipes, by node id.
  std::map<std::string, Digest, std::less<>> outputs;
  /// Keys, by node id.
  std::map<std::string, Digest, std::less<>> nodes;
  friend bool operator==(const LockFile&, const LockFile&) = default;
};

std::string write_lock(const LockFile& lock);
/// Errors: Corrupt with the line number and what to do (a merge conflict is named as such).
Result<LockFile> read_lock(std::string_view text);

/// The differences as lines for people: "+ vm/web sha256:...", "- ...", "~ vm/web sha256:... ->
/// sha256:...".
std::vector<std::string> lock_differences(const LockFile& before, const LockFile& after);

}  // namespace vmplan::plan
