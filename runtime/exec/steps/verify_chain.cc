// SPDX-License-Identifier: Apache-2.0
// Before a machine boots: the disk that was applied, not the one that a plan would make now, and
// the base under it.
#include "compiler/base/lexical_path.h"
#include "runtime/exec/steps/disk_format.h"
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

/// The name in the overlay's own header decides what QEMU opens. An overlay that was flattened has
/// none, and is fine.
Status check_header(std::string_view path, std::string_view head, std::string_view base) {
  std::optional<std::string> named = qcow2_backing_name(head);
  const std::string expected = relative_to(normal_path(base), directory_of(normal_path(path)));
  if (named && (named->empty() || *named == expected)) return {};
  return fail(ErrorKind::Corrupt,
              fmt::format("the header of `{}` names `{}` as its base, and `{}` was applied", path,
                          named.value_or("something unreadable"), expected));
}

Status check_base(std::string_view path, std::string_view head, const Json& backing,
                  StepContext& context) {
  std::string_view base = backing.string_or("path", "");
  std::optional<Digest> digest = Digest::parse(backing.string_or("sha256", ""));
  if (base.empty() || !digest)
    return fail(ErrorKind::Corrupt,
                fmt::format("the record of `{}` does not say what it is based on", path));
  if (Status named = check_header(path, head, base); !named) return named;
  Status verified = context.verified.verify(base, *digest);
  if (!verified)
    return fail(std::move(verified).error().with(fmt::format("the base of `{}`", path)));
  return {};
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
  Result<std::string> head = read_disk_head(context.host.files, path, format);
  if (!head) return step_failed(head.error());
  const Json* backing = spec.find("backing");
  if (backing == nullptr || backing->if_object() == nullptr || backing->if_object()->empty())
    return step_ok();
  if (Status sound = check_base(path, *head, *backing, context); !sound)
    return step_failed(sound.error());
  return step_ok();
}

}  // namespace vmplan::exec
