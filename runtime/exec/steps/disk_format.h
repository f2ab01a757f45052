// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a disk file say. A raw disk is whatever carries no known mark: a guest
// could write one, and QEMU would then be told to open it as raw all the same; an image that
// arrives with one is a mistake or an attack.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/file_system.h"

namespace vmplan::exec {

/// Bytes that the questions below need.
inline constexpr std::size_t kDiskHeadSize = 4096;

/// "qcow2", "qed", "vmdk", "vdi", "vhdx", "vpc", "luks", "parallels", or "raw" when nothing is
/// recognised.
std::string_view format_of_head(std::string_view head);

/// The backing file name in a qcow2 header; empty when it has none, nullopt when it lies outside
/// `head`. Source: QEMU docs/interop/qcow2.txt, "Header".
std::optional<std::string> qcow2_backing_name(std::string_view head);

/// The first bytes of a disk that must be a regular file of `format`.
/// Errors: those of FileSystem; Refused when it is no regular file; Corrupt when it has another
/// format.
Result<std::string> read_disk_head(const os::FileSystem& files, std::string_view path,
                                   std::string_view format);

/// True for the formats that disks may have.
inline bool is_disk_format(std::string_view format) { return format == "raw" || format == "qcow2"; }

}  // namespace vmplan::exec
