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

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char byte : bytes) value = (value << 8U) | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string_view format_of_head(std::string_view head) {
  for (const Mark& mark : kMarks)
    if (head.size() >= mark.offset && head.substr(mark.offset).starts_with(mark.bytes))
      return mark.format;
  return "raw";
}

std::optional<std::string> qcow2_backing_name(std::string_view head) {
  static constexpr std::size_t kOffsetAt = 8;
  static constexpr std::size_t kSizeAt = 16;
  static constexpr std::uint64_t kMaxName = 1023;
  if (head.size() < kSizeAt + 4) return std::nullopt;
  const std::uint64_t offset = big_endian(head.substr(kOffsetAt, 8));
  const std::uint64_t size = big_endian(head.substr(kSizeAt, 4));
  if (offset == 0) return std::string();
  if (size > kMaxName || offset > head.size() || size > head.size() - offset) return std::nullopt;
  return std::string(head.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size)));
}

Result<std::string> read_disk_head(const os::FileSystem& files, std::string_view path,
                                   std::string_view format) {
  Result<os::FileInfo> info = files.stat(path);
  if (!info) return fail(info.error());
  if (info->kind != os::FileKind::Regular)
    return fail(ErrorKind::Refused, fmt::format("the disk `{}` is no regular file", path));
  Result<std::string> head = files.read_part(path, 0, kDiskHeadSize);
  if (!head) return head;
  std::string_view found = format_of_head(*head);
  if (found != format)
    return fail(ErrorKind::Corrupt,
                fmt::format("the disk `{}` is {}, and {} is expected; it was not touched", path,
                            found, format));
  return head;
}

}  // namespace vmplan::exec
