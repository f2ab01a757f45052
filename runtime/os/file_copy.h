// SPDX-License-Identifier: Apache-2.0
// Copying the bytes of one open file to another, the cheapest way the file system knows, holes
// kept.
#pragma once

#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/cancel.h"

namespace vmplan::os {

/// Shares blocks where it can (FICLONE), else copies in the kernel (copy_file_range), else by read
/// and write. Requires: `to` is empty and open for writing. `shown` names the target in errors.
/// Errors: also Interrupted, soon after `cancel` is at level Kill.
Status copy_bytes(int from, int to, std::string_view shown, const Cancel& cancel);

}  // namespace vmplan::os
