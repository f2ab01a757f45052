// SPDX-License-Identifier: Apache-2.0
// A new disk gets its name, or the one that is already there is adopted. No file is ever replaced.
#include "runtime/exec/steps/publish.h"

#include <charconv>

#include "compiler/base/text.h"
#include "runtime/exec/steps/disk_format.h"
#include "runtime/exec/steps/disk_header.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

/// The disk that is asked for.
struct Wish {
  std::string format;
  /// Units: bytes. 0: any.
  std::int64_t size = 0;
  /// As the header spells it; empty: none.
  std::string backing;

  bool fits(const DiskHeader& there) const {
    return there.format == format && there.size >= size && there.backing == backing;
  }
};

std::string describe(std::string_view format, std::int64_t size, const std::string& backing) {
  return fmt::format("{}, {}, {}", format, size == 0 ? "any size" : fmt::format("{} bytes", size),
                     backing.empty() ? "no base" : "based on `" + printable(backing) + "`");
}

StepReport adopt(const std::string& path, const Wish& wish, StepContext& context) {
  os::FileSystem& files = context.host.files;
  Result<os::FileInfo> info = files.stat(path);
  if (!info) return step_failed(info.error());
  if (info->kind != os::FileKind::Regular)
    return step_failed(
        fmt::format("`{}` is in the way and is no regular file; nothing was changed", path));
  // Whatever comes out, the new disk is of no use: its name is taken.
  Status removed = files.remove(new_name(path));
  Result<DiskHeader> there = read_disk_header(files, path);
  if (!there) return step_failed(there.error());
  const std::string found = describe(there->format, there->size, there->backing);
  if (!wish.fits(*there))
    return step_failed(fmt::format(
        "`{}` exists and does not fit: it is {}; the plan wants {}. Nothing was changed", path,
        found, describe(wish.format, wish.size, wish.backing)));
  if (!removed && removed.error().kind != ErrorKind::NotFound) return step_failed(removed.error());
  return {0, fmt::format("adopted `{}`: {}", path, found), true};
}

std::optional<std::int64_t> parse_size(const std::string& text) {
  std::int64_t size = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size < 0) return std::nullopt;
  return size;
}

}  // namespace

StepReport run_publish(StepArgs args, StepContext& context) {
  const std::string& path = args[0];
  if (!is_disk_format(args[1]))
    return step_usage(fmt::format("`{}` is no disk format ({})", args[1], kDiskFormats));
  std::optional<std::int64_t> size = parse_size(args[2]);
  if (!size) return step_usage(fmt::format("`{}` is no size in bytes", args[2]));
  const Wish wish{args[1], *size, args[3] == "-" ? "" : args[3]};

  Result<os::FileInfo> there = context.host.files.stat(path);
  if (there) return adopt(path, wish, context);
  if (there.error().kind != ErrorKind::NotFound) return step_failed(there.error());
  Status published = context.host.files.publish(new_name(path), path);
  if (published) return step_ok();
  if (published.error().kind == ErrorKind::Exists) return adopt(path, wish, context);
  return step_failed(published.error());
}

namespace {

/// Numbers of inodes are given again as soon as a file is gone, and those of devices after a boot:
/// only together with the time of birth do they name one file. Empty: not known.
std::string mark_of(const os::FileInfo& info) {
  if (info.birth_ns == 0) return {};
  return fmt::format("{}:{}:{}", info.device, info.inode, info.birth_ns);
}

}  // namespace

bool is_publish(const plan::Step& step) {
  return step.is_builtin() && step.argv[2] == "publish" && step.argv.size() > 3;
}

std::string publish_mark(const plan::Step& step, const os::FileSystem& files) {
  Result<os::FileInfo> info = files.stat(new_name(step.argv[3]));
  return info ? mark_of(*info) : std::string();
}

Result<bool> publish_took_effect(const plan::Step& step, std::string_view mark,
                                 const os::FileSystem& files) {
  Result<os::FileInfo> info = files.stat(step.argv[3]);
  if (!info && info.error().kind == ErrorKind::NotFound) return false;
  if (!info) return fail(info.error());
  return !mark.empty() && mark_of(*info) == mark;
}

}  // namespace vmplan::exec
