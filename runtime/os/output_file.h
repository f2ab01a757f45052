// SPDX-License-Identifier: Apache-2.0
// A result that goes where a person said, anywhere on the disk; what lies in a lab is
// file_system.h.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

/// Makes or replaces a regular file as a whole (temporary file, fsync, rename). Anything else that
/// has the name, a pipe, a device or a link, is written into, as a shell's `>` does: renaming over
/// it would take it away. Errors: NotFound, Denied, NoSpace, Io.
Status write_output(const std::string& path, std::string_view bytes);

}  // namespace vmplan::os
