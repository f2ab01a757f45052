// SPDX-License-Identifier: Apache-2.0
// The plan file: an export with one canonical node per line, closed by plan_hash and the digest of
// its own bytes.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/plan/plan.h"

namespace vmplan::plan {

/// The whole file. Requires: nodes are sealed and keyed.
std::string write_plan(const Plan& plan);

/// Reads and verifies a file: its digest, that it is spelled exactly as write_plan would, and
/// verify(). Errors: Corrupt, saying what is wrong.
Result<Plan> read_plan(std::string_view file);

}  // namespace vmplan::plan
