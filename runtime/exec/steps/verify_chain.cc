// SPDX-License-Identifier: Apache-2.0
// Before a machine boots: the disk that was applied, not the one that a plan would make now, and
// the base under it.
#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "runtime/exec/steps/disk_format.h"
#include "runtime/exec/steps/disk_header.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

/// What the caller expects of the node must be what is recorded of it.
Status check_expectation(const std::string& node, const Json& spec, StepArgs expected) {
  if (expected.empty()) return {};
  std::string_view path = spec.string_or("path", "");
  std::string_view format = spec.string_or("format", "");
  if (expected[0] == path && expected[1] == format) return {};
  return fail(ErrorKind::Refused,
              fmt::format("`{}` was applied as `{}` ({}), and `{}` ({}) is asked for", node, path,
                          format, expected[0], expected[1]));
}

Status check_is_file(std::string_view path, StepContext& context) {
  Result<os::FileInfo> info = context.host.files.stat(path);
  if (!info) return fail(info.error());
  if (info->kind == os::FileKind::Regular) return {};
  return fail(ErrorKind::Refused, fmt::format("the disk `{}` is no regular file", path));
}

/// The name in the overlay's own header decides what QEMU opens. An overlay that was flattened has
/// none, and is fine.
Status check_name(std::string_view path, const DiskHeader& header, std::string_view base) {
  const std::string expected = relative_to(normal_path(base), directory_of(normal_path(path)));
  if (header.backing.empty() || header.backing == expected) return {};
  return fail(ErrorKind::Corrupt,
              fmt::format("the header of `{}` names `{}` as its base, and `{}` was applied", path,
                          printable(header.backing), expected));
}

/// It decides also as what QEMU opens the base: without a word, as what the base looks like.
Status check_format(std::string_view path, const DiskHeader& header, const DiskHeader& below,
                    std::string_view recorded) {
  const std::string& opened_as =
      header.backing_format.empty() ? below.format : header.backing_format;
  if (header.backing.empty() || recorded.empty() || opened_as == recorded) return {};
  return fail(ErrorKind::Corrupt,
              fmt::format("`{}` makes QEMU open its base as {}, and {} was applied", path,
                          printable(opened_as), recorded));
}

/// The bytes may be those that were pinned and still name files of the host, whoever made them.
Status check_below(std::string_view path, const DiskHeader& header, const Json& backing,
                   StepContext& context) {
  const std::string_view base = backing.string_or("path", "");
  Result<DiskHeader> below = read_disk_header(context.host.files, base);
  if (!below) return fail(below.error());
  if (Status alone = check_rests_on_nothing(base, *below); !alone) return alone;
  return check_format(path, header, *below, backing.string_or("format", ""));
}

Status check_base(std::string_view path, const DiskHeader& header, const Json& backing,
                  StepContext& context) {
  const std::string_view base = backing.string_or("path", "");
  std::optional<Digest> digest = Digest::parse(backing.string_or("sha256", ""));
  if (base.empty() || !digest)
    return fail(ErrorKind::Corrupt,
                fmt::format("the record of `{}` does not say what it is based on", path));
  if (Status named = check_name(path, header, base); !named) return named;
  Status sound = context.verified.verify(base, *digest, context.host.cancel);
  if (sound) sound = check_below(path, header, backing, context);
  if (!sound) return fail(std::move(sound).error().with(fmt::format("the base of `{}`", path)));
  return {};
}

Status check_disk(std::string_view path, std::string_view format, const Json* backing,
                  StepContext& context) {
  // Its guest may have written the mark of any format there, and QEMU opens it as raw all the same.
  if (format == "raw") return check_is_file(path, context);
  Result<DiskHeader> header = read_disk_header(context.host.files, path, format);
  if (!header) return fail(header.error());
  const bool has_base =
      backing != nullptr && backing->if_object() != nullptr && !backing->if_object()->empty();
  if (!has_base) return check_rests_on_nothing(path, *header);
  return check_base(path, *header, *backing, context);
}

}  // namespace

StepReport run_verify_chain(StepArgs args, StepContext& context) {
  Result<std::optional<state::AppliedRecord>> record = context.state.find(args[0]);
  if (!record) return step_failed(record.error());
  if (!*record) return step_failed(fmt::format("the disk node `{}` is not applied", args[0]));
  const Json& spec = (*record)->applied.node.spec;
  if (Status expected = check_expectation(args[0], spec, args.subspan(1)); !expected)
    return step_failed(expected.error());

  std::string_view path = spec.string_or("path", "");
  std::string_view format = spec.string_or("format", "");
  if (path.empty() || !is_disk_format(format))
    return step_failed(fmt::format("`{}` is no disk node", args[0]));
  Status sound = check_disk(path, format, spec.find("backing"), context);
  return sound ? step_ok() : step_failed(sound.error());
}

}  // namespace vmplan::exec
