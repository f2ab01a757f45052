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

/// The digest that stands at the end of the file: SHA-256 of the bytes before `,"digest"`.
/// Approvals, change sets and the audit trail bind to it.
/// Errors: Corrupt when the file has no such end.
Result<Digest> plan_file_digest(std::string_view file);

/// Reads and verifies a file: its digest, that it is spelled exactly as write_plan would, and
/// verify(). Errors: Corrupt, saying what is wrong.
Result<Plan> read_plan(std::string_view file);

}  // namespace vmplan::plan
