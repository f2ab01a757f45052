// SPDX-License-Identifier: Apache-2.0
// Writing files in an open directory so that a crash leaves the old state or the new one, never a
// mixture.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

/// Writes all bytes, also in several pieces. `shown` names the file in errors.
Status write_all(int fd, std::string_view bytes, std::string_view shown);
/// Makes a file or directory durable. `shown` names it in errors.
Status sync_file(int fd, std::string_view shown);

/// Temporary file beside `name`, fsync, rename over `name`, fsync of the directory. The mode is
/// exact, whatever the umask is.
Status replace_file(int directory_fd, const std::string& name, std::string_view bytes,
                    std::uint32_t mode, std::string_view shown);

/// Renames without ever replacing. Errors: Exists, and then nothing has changed.
Status rename_new(int from_directory, const std::string& from, int to_directory,
                  const std::string& to, std::string_view shown);

}  // namespace vmplan::os
