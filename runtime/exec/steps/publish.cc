// SPDX-License-Identifier: Apache-2.0
// A new disk gets its name, or the one that is already there is adopted. No file is ever replaced.
#include "runtime/exec/steps/publish.h"

#include <charconv>

#include "compiler/base/json_read.h"
#include "runtime/exec/child_environment.h"
#include "runtime/exec/steps/disk_format.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

/// What is asked for, and what qemu-img says is there.
struct Disk {
  std::string format;
  /// Units: bytes. 0 in a wish: any.
  std::int64_t size = 0;
  /// As the header spells it; empty: none.
  std::string backing;

  std::string text() const {
    return fmt::format("{}, {}, {}", format, size == 0 ? "any size" : fmt::format("{} bytes", size),
                       backing.empty() ? "no base" : "based on `" + backing + "`");
  }
  bool fits(const Disk& wish) const {
    return format == wish.format && size >= wish.size && backing == wish.backing;
  }
};

Result<Disk> look_at(const std::string& path, StepContext& context) {
  Result<std::string> program = context.host.find_program("qemu-img");
  if (!program) return fail(program.error());
  os::ProcessSpec spec;
  spec.executable = std::move(*program);
  // `./`, because qemu-img reads `x:y` as a protocol.
  spec.argv = {"qemu-img", "info", "--output=json", "-U",
               path.starts_with('/') ? path : "./" + path};
  spec.env = child_environment(context.host);
  spec.timeout = Millis{60'000};
  Result<os::ProcessExit> exit = context.host.processes.run(spec, context.host.cancel);
  if (!exit) return fail(exit.error());
  if (exit->cancelled) return fail(ErrorKind::Interrupted, "interrupted");
  if (exit->code != 0 || exit->signal != 0)
    return fail(ErrorKind::Failed,
                fmt::format("qemu-img cannot read `{}`: {}", path, exit->error_tail));
  Result<Json> info = read_foreign_json(exit->output);
  if (!info) return fail(std::move(info).error().with("the answer of qemu-img info"));
  return Disk{std::string(info->string_or("format", "")), info->int_or("virtual-size", 0),
              std::string(info->string_or("backing-filename", ""))};
}

StepReport adopt(const std::string& path, const Disk& wish, StepContext& context) {
  os::FileSystem& files = context.host.files;
  Result<os::FileInfo> info = files.stat(path);
  if (!info) return step_failed(info.error());
  if (info->kind != os::FileKind::Regular)
    return step_failed(
        fmt::format("`{}` is in the way and is no regular file; nothing was changed", path));
  if (Status beneath = files.check_beneath(path); !beneath) return step_failed(beneath.error());
  Result<Disk> there = look_at(path, context);
  if (!there) return step_failed(there.error());
  // Either way the new disk is of no use: its name is taken.
  Status removed = files.remove(new_name(path));
  if (!there->fits(wish))
    return step_failed(fmt::format(
        "`{}` exists and does not fit: it is {}; the plan wants {}. Nothing was changed", path,
        there->text(), wish.text()));
  if (!removed && removed.error().kind != ErrorKind::NotFound) return step_failed(removed.error());
  return {0, fmt::format("adopted `{}`: {}", path, there->text()), true};
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
    return step_usage(fmt::format("`{}` is no disk format (raw, qcow2)", args[1]));
  std::optional<std::int64_t> size = parse_size(args[2]);
  if (!size) return step_usage(fmt::format("`{}` is no size in bytes", args[2]));
  const Disk wish{args[1], *size, args[3] == "-" ? "" : args[3]};

  Result<os::FileInfo> there = context.host.files.stat(path);
  if (there) return adopt(path, wish, context);
  if (there.error().kind != ErrorKind::NotFound) return step_failed(there.error());
  Status published = context.host.files.publish(new_name(path), path);
  if (published) return step_ok();
  if (published.error().kind == ErrorKind::Exists) return adopt(path, wish, context);
  return step_failed(published.error());
}

bool is_publish(const plan::Step& step) {
  return step.is_builtin() && step.argv[2] == "publish" && step.argv.size() > 3;
}

std::string publish_mark(const plan::Step& step, const os::FileSystem& files) {
  Result<os::FileInfo> info = files.stat(new_name(step.argv[3]));
  return info ? fmt::format("{}", info->inode) : std::string();
}

Result<bool> publish_took_effect(const plan::Step& step, std::string_view mark,
                                 const os::FileSystem& files) {
  Result<os::FileInfo> info = files.stat(step.argv[3]);
  if (!info && info.error().kind == ErrorKind::NotFound) return false;
  if (!info) return fail(info.error());
  return fmt::format("{}", info->inode) == mark;
}

}  // namespace vmplan::exec
