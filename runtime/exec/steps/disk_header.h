// SPDX-License-Identifier: Apache-2.0
// What the header of a disk file says: format, size, and the file it rests on. Read here and not by
// qemu-img, which would open whatever file a hostile header names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/file_system.h"

namespace vmplan::exec {

struct DiskHeader {
  /// As format_of_head() names it. Of a format that disks may not have, nothing else is known.
  std::string format;
  /// As the guest sees it. Units: bytes.
  std::int64_t size = 0;
  /// The base as the header spells it; empty: none.
  std::string backing;
  /// How QEMU will open the base; empty: it guesses by the base's first bytes.
  std::string backing_format;
};

/// Errors: those of FileSystem; Corrupt (a header that is cut off, or makes no sense); Refused when
/// the file is no regular one, or does not hold its data itself: a qcow2 with an external data
/// file, a vmdk that is not a single sparse file, a vdi that is a difference to another one.
Result<DiskHeader> read_disk_header(const os::FileSystem& files, std::string_view path);

/// The same of a disk that must have this format. Errors: also Corrupt when it has another one.
Result<DiskHeader> read_disk_header(const os::FileSystem& files, std::string_view path,
                                    std::string_view format);

/// For a disk that the plan knows no base of. Errors: Refused, naming the base.
Status check_rests_on_nothing(std::string_view path, const DiskHeader& header);

}  // namespace vmplan::exec
