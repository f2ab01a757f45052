// SPDX-License-Identifier: Apache-2.0
// An image comes into the store: copied beside its place, checked, then given its name. Nothing is
// ever overwritten.
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

/// Nothing: any bytes will do.
using Expected = std::optional<Digest>;

StepReport check_stored(const std::string& to, const Expected& expected, StepContext& context) {
  if (!expected) return step_ok("already in the store");
  Result<Digest> stored = context.verified.digest(to, context.host.cancel);
  if (!stored) return step_failed(stored.error());
  if (*stored == *expected) return step_ok("already in the store");
  return step_failed(
      fmt::format("`{}` is in the way: it has {}, the plan wants {}; nothing was changed", to,
                  stored->text(), expected->text()));
}

/// The copy is what counts: the source may change while it is read.
StepReport check_copy(const std::string& from, const std::string& fresh, const Digest& expected,
                      StepContext& context) {
  Result<Digest> found = context.verified.digest(fresh, context.host.cancel);
  if (!found) return step_failed(found.error());
  if (*found == expected) return step_ok();
  static_cast<void>(context.host.files.remove(fresh));  // the next import overwrites a leftover
  return step_failed(
      fmt::format("`{}` is not the image that the plan pins: it has {}, the plan says {}", from,
                  found->text(), expected.text()));
}

}  // namespace

std::optional<StepReport> look_in_store(const std::string& to, const Expected& expected,
                                        StepContext& context) {
  const Result<os::FileInfo> there = context.host.files.stat(to);
  if (there) return check_stored(to, expected, context);
  if (there.error().kind != ErrorKind::NotFound) return step_failed(there.error());
  return std::nullopt;
}

StepReport run_import(StepArgs args, StepContext& context) {
  const std::string& from = args[0];
  const std::string& to = args[1];
  const Expected expected = args.size() > 2 ? Digest::parse(args[2]) : std::nullopt;
  if (args.size() > 2 && !expected)
    return step_usage(fmt::format("`{}` is no digest (sha256: and 64 hex digits)", args[2]));

  if (std::optional<StepReport> there = look_in_store(to, expected, context)) return *there;
  os::FileSystem& files = context.host.files;
  const std::string fresh = new_name(to);
  if (Status copied = files.copy(from, fresh, kStoredMode, context.host.cancel); !copied)
    return step_failed(copied.error());
  if (expected)
    if (StepReport checked = check_copy(from, fresh, *expected, context); checked.exit_code != 0)
      return checked;
  Status published = files.publish(fresh, to);
  if (published) return step_ok();
  if (published.error().kind == ErrorKind::Exists) return check_stored(to, expected, context);
  return step_failed(published.error());
}

}  // namespace vmplan::exec
