// SPDX-License-Identifier: Apache-2.0
// What a recipe makes is known only once it has run. An apply with such recipes is two runs: the
// recipes, then, compiled with the digests of what they made, the rest.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "cli/command.h"
#include "compiler/change/change_set.h"
#include "runtime/build/build_lab.h"

namespace vmplan::cli {

/// Images of the set whose recipe has not run yet, or whose result was not recorded.
std::set<std::string, std::less<>> waiting_recipes(const plan::Plan& plan,
                                                   const change::ChangeSet& set);

/// Compiles the lab anew with the digests of what these recipes have made. Null after an error
/// message.
std::unique_ptr<build::LabBuild> compile_with_results(
    Context& context, build::LabBuild& build, const std::set<std::string, std::less<>>& images);

/// True when everything that `now` does was also in `shown`, but for bookkeeping: what was agreed
/// to covers it.
bool is_covered(const change::ChangeSet& now, const change::ChangeSet& shown);

}  // namespace vmplan::cli
