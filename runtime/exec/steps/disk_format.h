// SPDX-License-Identifier: Apache-2.0
// Which format the first bytes of a disk file show. A raw disk is whatever carries no known mark:
// one that arrives with a mark is a mistake or an attack. Once it is in use its guest may write
// whatever it likes there (a LUKS header, say), and QEMU is told to open it as raw all the same.
#pragma once

#include <string_view>

namespace vmplan::exec {

/// "qcow2", "qed", "vmdk", "vdi", "vhdx", "vpc", "luks", "parallels", or "raw" when nothing is
/// recognised.
std::string_view format_of_head(std::string_view head);

/// The formats that disks may have, for messages.
inline constexpr std::string_view kDiskFormats = "raw, qcow2, vmdk, vdi";
bool is_disk_format(std::string_view format);

}  // namespace vmplan::exec
