// SPDX-License-Identifier: Apache-2.0
// The programs that a step may run by a bare name. The executor looks them up in fixed directories,
// never along the caller's PATH; any other program is named by its absolute path.
#pragma once

#include <string_view>

namespace vmplan {

/// True for names of programs other than vmplan that a step may run by a bare name.
bool is_known_program(std::string_view name);

/// True for those among them that a recipe may run.
bool is_recipe_program(std::string_view name);

}  // namespace vmplan
