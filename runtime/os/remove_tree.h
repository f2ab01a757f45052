// SPDX-License-Identifier: Apache-2.0
// Removing a directory with all that is in it, from a directory that is open: no path is looked up
// twice, so that nobody can lead the removal elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

/// Removes `name` in `directory`. Links are removed and not followed. `shown` stands in errors.
/// Errors: NotFound; Refused for a directory of another file system; Denied; Io.
Status remove_tree(int directory, const std::string& name, std::string_view shown);

}  // namespace vmplan::os
