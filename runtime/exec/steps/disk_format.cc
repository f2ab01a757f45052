// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/disk_format.h"

#include <array>

namespace vmplan::exec {
namespace {

using namespace std::string_view_literals;

struct Mark {
  std::size_t offset;
  std::string_view bytes;
  std::string_view format;
};

/// Source: the probe functions of QEMU's block drivers (block/*.c).
constexpr std::array kMarks = {
    Mark{0, "QFI\xfb"sv, "qcow2"},
    Mark{0, "QED\0"sv, "qed"},
    Mark{0, "KDMV"sv, "vmdk"},
    Mark{0, "COWD"sv, "vmdk"},
    Mark{0, "# Disk DescriptorFile"sv, "vmdk"},
    Mark{0x40, "\x7f\x10\xda\xbe"sv, "vdi"},
    Mark{0, "vhdxfile"sv, "vhdx"},
    Mark{0, "conectix"sv, "vpc"},
    Mark{0, "LUKS\xba\xbe"sv, "luks"},
    Mark{0, "WithoutFreeSpace"sv, "parallels"},
    Mark{0, "WithouFreSpacExt"sv, "parallels"},
};

}  // namespace

std::string_view format_of_head(std::string_view head) {
  for (const Mark& mark : kMarks)
    if (head.size() >= mark.offset && head.substr(mark.offset).starts_with(mark.bytes))
      return mark.format;
  return "raw";
}

bool is_disk_format(std::string_view format) {
  return format == "raw" || format == "qcow2" || format == "vmdk" || format == "vdi";
}

}  // namespace vmplan::exec
