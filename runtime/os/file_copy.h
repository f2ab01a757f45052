// SPDX-License-Identifier: Apache-2.0
// Copying the bytes of one open file to another, the cheapest way the file system knows, holes
// kept.
#pragma once

#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

/// Shares blocks where it can (FICLONE), else copies in the kernel (copy_file_range), else by read
/// and write. Requires: `to` is empty and open for writing. `shown` names the target in errors.
Status copy_bytes(int from, int to, std::string_view shown);

}  // namespace vmplan::os
