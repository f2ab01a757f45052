// SPDX-License-Identifier: Apache-2.0
// The disk that a guest's cloud-init reads: a small ISO of three files. It is written over the old
// one, and over nothing else: a plan cannot take a user's file away by these steps.
// Source: cloud-init, "NoCloud": the volume is called cidata.
#include <array>
#include <vector>

#include "compiler/base/text.h"
#include "runtime/exec/secrets.h"
#include "runtime/exec/steps/steps.h"
#include "runtime/os/iso_image.h"

namespace vmplan::exec {
namespace {

constexpr const char* kVolume = "cidata";
/// It may hold hashes of passwords.
constexpr std::uint32_t kOwnerOnly = 0600;
constexpr std::size_t kLargestFile = std::size_t{16} << 20U;

/// Fails unless `path` is free, or a seed; true when a seed is there.
Result<bool> has_seed(const std::string& path, const LabHost& host) {
  Result<os::FileInfo> there = host.files.stat(path);
  if (!there && there.error().kind == ErrorKind::NotFound) return false;
  if (!there) return fail(there.error());
  Result<std::string> start = std::string();
  if (there->kind == os::FileKind::Regular)
    start = host.files.read_part(path, 0, os::kIsoHeaderBytes);
  if (!start) return fail(start.error());
  if (os::iso_volume_id(*start) == kVolume) return true;
  return fail(
      ErrorKind::Exists,
      fmt::format("`{}` is in the way: it is no cloud-init seed; nothing was changed", path));
}

/// The bytes of one file of the seed.
Result<os::SecretText> source_bytes(const std::string& word, StepContext& context) {
  if (std::optional<std::string_view> text = plan::source_text(word))
    return with_passwords(*text, context.secrets, context.host);
  Result<std::string> bytes =
      context.host.files.read(std::string(plan::source_path(word)), kLargestFile);
  if (!bytes) return fail(std::move(bytes).error());
  return os::SecretText(std::move(*bytes));
}

StepReport write_seed(StepArgs args, StepContext& context) {
  const std::string& path = args[0];
  static constexpr std::array<std::string_view, 3> kNames = {"meta-data", "user-data",
                                                             "network-config"};
  std::vector<os::SecretText> kept;
  std::vector<os::IsoFile> files;
  kept.reserve(kNames.size());
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::string& word = args[i + 1];
    if (word == "-") continue;
    if (!plan::source_text(word) && plan::source_path(word).empty())
      return step_usage(fmt::format("`{}` is neither text:TEXT, file:PATH nor -", printable(word)));
    Result<os::SecretText> bytes = source_bytes(word, context);
    if (!bytes) return step_failed(bytes.error());
    kept.push_back(std::move(*bytes));
    files.push_back({kNames[i], kept.back().text()});
  }
  if (Result<bool> free = has_seed(path, context.host); !free) return step_failed(free.error());
  Result<std::string> image = os::iso_image(kVolume, files);
  if (!image) return step_failed(image.error());
  const os::SecretText bytes(std::move(*image));
  if (Status written = context.host.files.write_atomic(path, bytes.text(), kOwnerOnly); !written)
    return step_failed(written.error());
  return step_ok();
}

StepReport remove_seed(StepArgs args, StepContext& context) {
  Result<bool> there = has_seed(args[0], context.host);
  if (!there) return step_failed(there.error());
  if (!*there) return step_ok("already gone");
  if (Status removed = context.host.files.remove(args[0]); !removed)
    return step_failed(removed.error());
  return step_ok();
}

}  // namespace

StepReport run_seed(StepArgs args, StepContext& context) {
  return args[0] == "write" ? write_seed(args.subspan(1), context)
                            : remove_seed(args.subspan(1), context);
}

}  // namespace vmplan::exec
