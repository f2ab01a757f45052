// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/choose_platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/base/text.h"
#include "compiler/model/acceleration.h"

namespace vmplan::model {
namespace {

/// Names without their number, which stand for the first contents.
std::vector<std::string_view> short_names() {
  std::vector<std::string_view> names;
  for (const Platform& platform : named_platforms())
    names.push_back(std::string_view(platform.name).substr(0, platform.name.find('/')));
  return names;
}

std::optional<Platform> by_name(const WrittenText& field, Diagnostics& diagnostics) {
  if (const Platform* platform = find_platform(*field)) return *platform;
  auto names = short_names();
  auto near = nearest(*field, names);
  diagnostics.add({Code::UnknownPlatform,
                   fmt::format("platform `{}` is not known", *field),
                   "no such platform",
                   field.span,
                   {},
                   near ? fmt::format("did you mean `{}`?", *near)
                        : fmt::format("name one of `{}`", join(names, "`, `"))});
  return std::nullopt;
}

bool all_ask_for_tcg(const LabSources& sources) {
  return !sources.profiles.empty() &&
         std::all_of(sources.profiles.begin(), sources.profiles.end(), [](const ProfileFile& file) {
           return file.readable && requested_acceleration(file.profile) == AccelerationRequest::Tcg;
         });
}

/// The platform of the guests' one architecture: a default never looks at the host.
std::optional<Platform> by_guests(const LabSources& sources, Diagnostics& diagnostics) {
  const WrittenText* first = nullptr;
  for (const ProfileFile& file : sources.profiles) {
    const WrittenText& arch = file.profile.hardware.arch;
    if (!file.readable || !arch.has()) continue;
    if (first == nullptr) first = &arch;
    if (**first == *arch) continue;
    diagnostics.add({Code::PlatformNotChosen,
                     "this lab must say which host it is for",
                     fmt::format("a guest of {}", *arch),
                     arch.span,
                     {{fmt::format("a guest of {}", **first), first->span}},
                     fmt::format("add `platform = \"linux-{}-kvm\"` to `[lab]` in vmplan.toml, or "
                                 "use `--platform`",
                                 **first)});
    return std::nullopt;
  }
  return *find_platform(fmt::format("linux-{}-{}", first == nullptr ? "x86_64" : **first,
                                    all_ask_for_tcg(sources) ? "tcg" : "kvm"));
}

/// What a host offers is probed by the runtime, which hands it over under that name.
void warn_of_host(const Platform& platform, const LabSources& sources, Diagnostics& diagnostics) {
  if (platform.name != "host") return;
  std::optional<Span> span;
  if (sources.lab_file && sources.lab_file->lab.platform.has())
    span = sources.lab_file->lab.platform.span;
  diagnostics.add({Code::HostPlatform,
                   "the plan is made for this host",
                   "another machine may give another plan",
                   span,
                   {},
                   fmt::format("name a platform, for example `linux-{}-kvm`", platform.arch)});
}

}  // namespace

std::optional<Platform> choose_platform(const LabRequest& request, const LabSources& sources,
                                        Diagnostics& diagnostics) {
  if (request.platform_override) {
    warn_of_host(*request.platform_override, sources, diagnostics);
    return request.platform_override;
  }
  if (sources.lab_file) {
    const LabFile& file = *sources.lab_file;
    if (!file.readable || file.lab.platform.is_invalid()) return std::nullopt;
    if (file.lab.platform.has()) return by_name(file.lab.platform, diagnostics);
  }
  return by_guests(sources, diagnostics);
}

}  // namespace vmplan::model
