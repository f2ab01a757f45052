// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/disk_header.h"

#include <algorithm>
#include <optional>

#include "compiler/base/text.h"
#include "runtime/exec/steps/disk_format.h"

namespace vmplan::exec {
namespace {

/// Enough for the headers and the vmdk's descriptor.
constexpr std::size_t kHeadSize = 16384;
constexpr std::int64_t kSector = 512;
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 62U;

/// Fields of a head; what lies beyond its end makes the whole cut off.
class Fields {
 public:
  explicit Fields(std::string_view head) : head_(head) {}

  std::uint64_t big(std::size_t offset, std::size_t size) { return number(offset, size, false); }
  std::uint64_t little(std::size_t offset, std::size_t size) { return number(offset, size, true); }
  std::string_view bytes(std::uint64_t offset, std::uint64_t size) {
    if (offset > head_.size() || size > head_.size() - offset) {
      cut_off_ = true;
      return {};
    }
    return head_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
  }
  bool cut_off() const { return cut_off_; }

 private:
  std::uint64_t number(std::size_t offset, std::size_t size, bool little) {
    const std::string_view raw = bytes(offset, size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < raw.size(); ++i)
      value = (value << 8U) | static_cast<unsigned char>(raw[little ? raw.size() - 1 - i : i]);
    return value;
  }

  std::string_view head_;
  bool cut_off_ = false;
};

tl::unexpected<Error> corrupt(std::string_view why) {
  return fail(ErrorKind::Corrupt, std::string(why));
}
tl::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorKind::Refused, std::string(why));
}

/// The header extension that names the base's format; empty when there is none in [at, end).
std::string qcow2_backing_format(Fields& fields, std::uint64_t at, std::uint64_t end) {
  static constexpr std::uint64_t kBackingFormat = 0xE2792ACA;
  while (at < end && !fields.cut_off()) {
    const std::uint64_t type = fields.big(at, 4);
    const std::uint64_t size = fields.big(at + 4, 4);
    if (type == 0) break;
    if (type == kBackingFormat) return std::string(fields.bytes(at + 8, size));
    at += 8 + (size + 7) / 8 * 8;
  }
  return {};
}

/// Source: QEMU docs/interop/qcow2.txt, "Header" and "Header extensions".
Result<DiskHeader> read_qcow2(Fields fields) {
  static constexpr std::uint64_t kExternalData = 1U << 2U;
  static constexpr std::uint64_t kMaxName = 1023;
  static constexpr std::uint64_t kHeaderOf2 = 72;
  static constexpr std::uint64_t kLeastHeaderOf3 = 104;
  const std::uint64_t version = fields.big(4, 4);
  DiskHeader header;
  header.size = static_cast<std::int64_t>(std::min(fields.big(24, 8), kMaxSize));
  if (fields.cut_off()) return corrupt("its header is cut off");
  if (version != 2 && version != 3) return corrupt(fmt::format("its version is {}", version));
  std::uint64_t extensions_at = kHeaderOf2;
  if (version == 3) {
    if ((fields.big(72, 8) & kExternalData) != 0)
      return refuse("it keeps its data in another file (`data_file`)");
    extensions_at = fields.big(100, 4);
    if (extensions_at < kLeastHeaderOf3) return corrupt("its header is cut off");
  }
  const std::uint64_t name_at = fields.big(8, 8);
  const std::uint64_t name_size = name_at == 0 ? 0 : fields.big(16, 4);
  header.backing = fields.bytes(name_at, name_size);
  if (fields.cut_off() || name_size > kMaxName)
    return corrupt("the name of its base is not where it should be");
  if (!header.backing.empty())
    header.backing_format = qcow2_backing_format(fields, extensions_at, name_at);
  if (fields.cut_off()) return corrupt("its header is cut off");
  return header;
}

/// The value of `parentFileNameHint="..."` as QEMU finds it; nullopt when it is not closed.
std::optional<std::string> vmdk_parent(std::string_view descriptor) {
  static constexpr std::string_view kHint = "parentFileNameHint=\"";
  descriptor = descriptor.substr(0, descriptor.find('\0'));
  const std::size_t at = descriptor.find(kHint.substr(0, kHint.find('=')));
  if (at == std::string_view::npos) return std::string();
  if (!descriptor.substr(at).starts_with(kHint)) return std::nullopt;
  const std::string_view value = descriptor.substr(at + kHint.size());
  const std::size_t end = value.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(value.substr(0, end));
}

/// Source: VMware "Virtual Disk Format 5.0", "Hosted Sparse Extent Header"; QEMU 7.2 block/vmdk.c,
/// which takes extents from the descriptor when the capacity is 0.
Result<DiskHeader> read_vmdk(std::string_view head) {
  static constexpr std::size_t kDescriptorAt = 512;
  static constexpr std::size_t kDescriptorSize = 10240;
  static constexpr std::uint64_t kAtEnd = ~std::uint64_t{0};
  if (!head.starts_with("KDMV"))
    return refuse(
        "it is only a description that names other files; a single sparse file is wanted, which "
        "`qemu-img convert -O vmdk` makes of it");
  Fields fields(head);
  const std::uint64_t sectors = fields.little(12, 8);
  const bool index_at_end = fields.little(56, 8) == kAtEnd;
  const bool compressed = fields.little(77, 2) != 0;
  if (index_at_end || compressed)
    return refuse(
        "it is stream-optimized, which no guest can write to; `qemu-img convert -O vmdk` makes a "
        "disk of it");
  if (fields.cut_off()) return corrupt("its header is cut off");
  if (sectors == 0) return refuse("it names other files that hold its data");
  std::optional<std::string> parent =
      vmdk_parent(head.substr(std::min(kDescriptorAt, head.size())).substr(0, kDescriptorSize));
  if (!parent) return corrupt("the name of its base is not where it should be");
  DiskHeader header;
  header.size = static_cast<std::int64_t>(std::min(sectors, kMaxSize / kSector)) * kSector;
  header.backing = std::move(*parent);
  if (!header.backing.empty()) header.backing_format = "vmdk";
  return header;
}

/// Source: QEMU 7.2 block/vdi.c, VdiHeader.
Result<DiskHeader> read_vdi(Fields fields) {
  static constexpr std::size_t kUuid = 16;
  const std::uint64_t size = fields.little(0x170, 8);
  const std::string_view link = fields.bytes(0x1a8, kUuid);
  const std::string_view parent = fields.bytes(0x1b8, kUuid);
  if (fields.cut_off()) return corrupt("its header is cut off");
  for (std::string_view uuid : {link, parent})
    if (uuid.find_first_not_of('\0') != std::string_view::npos)
      return refuse("it is a difference to another image");
  DiskHeader header;
  header.size = static_cast<std::int64_t>(std::min(size, kMaxSize));
  return header;
}

Result<DiskHeader> read_header(std::string_view format, std::string_view head,
                               const os::FileInfo& info) {
  if (format == "qcow2") return read_qcow2(Fields(head));
  if (format == "vmdk") return read_vmdk(head);
  if (format == "vdi") return read_vdi(Fields(head));
  DiskHeader header;
  // QEMU gives the guest whole sectors.
  if (format == "raw") header.size = (info.size + kSector - 1) / kSector * kSector;
  return header;
}

}  // namespace

Result<DiskHeader> read_disk_header(const os::FileSystem& files, std::string_view path) {
  Result<os::FileInfo> info = files.stat(path);
  if (!info) return fail(info.error());
  if (info->kind != os::FileKind::Regular)
    return fail(ErrorKind::Refused, fmt::format("the disk `{}` is no regular file", path));
  Result<std::string> head = files.read_part(path, 0, kHeadSize);
  if (!head) return fail(head.error());
  const std::string_view format = format_of_head(*head);
  Result<DiskHeader> header = read_header(format, *head, *info);
  if (!header)
    return fail(header.error().kind,
                fmt::format("the disk `{}` is {} and cannot be used: {}; it was not touched", path,
                            format, header.error().message));
  header->format = format;
  return header;
}

Result<DiskHeader> read_disk_header(const os::FileSystem& files, std::string_view path,
                                    std::string_view format) {
  Result<DiskHeader> header = read_disk_header(files, path);
  if (header && header->format != format)
    return fail(ErrorKind::Corrupt,
                fmt::format("the disk `{}` is {}, and {} is expected; it was not touched", path,
                            header->format, format));
  return header;
}

Status check_rests_on_nothing(std::string_view path, const DiskHeader& header) {
  if (header.backing.empty()) return {};
  return fail(
      ErrorKind::Refused,
      fmt::format("the disk `{0}` rests on `{1}`, which no profile names, so the guest would "
                  "read that file; `qemu-img convert -O {2} {0} NEW` makes a disk that "
                  "stands alone, or pin the base as an image",
                  path, printable(header.backing), header.format));
}

}  // namespace vmplan::exec
