// SPDX-License-Identifier: Apache-2.0
// What lowering one VM (or the images of a lab) yields: sealed nodes with edges by id. A value that
// can be made in parallel and cached; link.h joins units into a plan.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/plan/command_plan.h"

namespace vmplan::lower {

struct Unit {
  /// With `own` set and `key` not.
  std::vector<plan::CommandPlan> nodes;
  /// What their steps read from standard input, by digest.
  std::map<std::string, std::string> blobs;
};

}  // namespace vmplan::lower
