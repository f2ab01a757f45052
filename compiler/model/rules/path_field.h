// SPDX-License-Identifier: Apache-2.0
// Reports what path_rules.h finds, for the fields of any section.
#pragma once

#include <string_view>

#include "compiler/model/rules/scope.h"

namespace vmplan::model::rules {

/// Judges a path that a field gives. True when it is there and sound.
/// Errors: VP05xx.
bool check_path(const WrittenText& field, PathRole role, std::string_view what,
                const PathPolicy& policy, Diagnostics& diagnostics);

/// The policy for the fields of one machine.
PathPolicy policy_of(const MachineScope& vm);

}  // namespace vmplan::model::rules
