// SPDX-License-Identifier: Apache-2.0
// What must hold of one step of a plan, whatever node it belongs to.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/plan/findings.h"

namespace vmplan::plan {

/// Adds everything that is wrong with the step. `allow` are the places outside the lab that its
/// paths may name.
void check_step(const Step& step, const std::vector<std::string>& allow, Sha256& hasher,
                Findings& findings);

}  // namespace vmplan::plan
