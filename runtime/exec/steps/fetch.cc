// SPDX-License-Identifier: Apache-2.0
// An image comes into the store from a server. It gets its name when every byte was checked.
#include "compiler/base/url.h"
#include "runtime/exec/part_file.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

/// nullopt: these are the bytes. Others are thrown away.
std::optional<StepReport> check_part(PartFile& part, const Digest& expected, StepContext& context) {
  const Result<Digest> found = context.verified.digest(part.path(), context.host.cancel);
  if (!found) return step_failed(found.error());
  if (*found == expected) return std::nullopt;
  const std::int64_t size = part.size();
  if (Status removed = part.start_over(); !removed) return step_failed(removed.error());
  return step_failed(
      fmt::format("`{}` is not the image that the plan pins: {} bytes with {}, the plan says {}; "
                  "nothing of it was kept",
                  part.url(), size, found->text(), expected.text()));
}

StepReport publish_part(const PartFile& part, const std::string& to, const Digest& expected,
                        StepContext& context) {
  os::FileSystem& files = context.host.files;
  if (Status fixed = files.set_mode(part.path(), kStoredMode); !fixed)
    return step_failed(fixed.error());
  Status published = files.publish(part.path(), to);
  if (published) return step_ok();
  if (published.error().kind == ErrorKind::Exists)
    if (auto there = look_in_store(to, expected, context)) return *there;
  return step_failed(published.error());
}

StepReport fetch_image(PartFile part, const std::string& to, const Digest& expected,
                       StepContext& context) {
  if (Status looked = part.look(); !looked) return step_failed(looked.error());
  const bool goes_on = part.size() > 0;
  if (Status got = part.fetch(); !got) return step_failed(got.error());
  std::optional<StepReport> wrong = check_part(part, expected, context);
  if (wrong && goes_on && part.size() == 0) {
    // What was there may have been the beginning of another version.
    if (Status got = part.fetch(); !got) return step_failed(got.error());
    wrong = check_part(part, expected, context);
  }
  return wrong ? *wrong : publish_part(part, to, expected, context);
}

}  // namespace

StepReport run_fetch(StepArgs args, StepContext& context) {
  const std::string& to = args[1];
  const UrlReading url = read_url(args[0]);
  if (!url.url) return step_usage(fmt::format("`{}` is no URL: {}", args[0], url.fault));
  const std::optional<Digest> expected = Digest::parse(args[2]);
  if (!expected)
    return step_usage(fmt::format("`{}` is no digest (sha256: and 64 hex digits)", args[2]));
  if (std::optional<StepReport> there = look_in_store(to, expected, context)) return *there;
  if (args.size() > 3) {
    const Result<os::FileInfo> copy = context.host.files.stat(args[3]);
    const std::vector<std::string> words = {args[3], to, args[2]};
    if (copy) return run_import(words, context);
    if (copy.error().kind != ErrorKind::NotFound) return step_failed(copy.error());
  }
  return fetch_image({to_text(*url.url), to + ".vmplan-part", context.host}, to, *expected,
                     context);
}

}  // namespace vmplan::exec
