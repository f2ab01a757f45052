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
  if (*field == "host" || field->ends_with(".json")) {
    diagnostics.add({Code::NotBuiltYet,
                     *field == "host" ? "`platform = \"host\"` is not built yet"
                                      : "a platform file in vmplan.toml is not built yet",
                     "comes in a later release",
                     field.span,
                     {},
                     fmt::format("name one of `{}`", join(short_names(), "`, `"))});
    return std::nullopt;
  }
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

}  // namespace

std::optional<Platform> choose_platform(const LabRequest& request, const LabSources& sources,
                                        Diagnostics& diagnostics) {
  if (request.platform_override) return request.platform_override;
  if (sources.lab_file) {
    const LabFile& file = *sources.lab_file;
    if (!file.readable || file.lab.platform.is_invalid()) return std::nullopt;
    if (file.lab.platform.has()) return by_name(file.lab.platform, diagnostics);
  }
  return *find_platform(all_ask_for_tcg(sources) ? "linux-x86_64-tcg" : "linux-x86_64-kvm");
}

}  // namespace vmplan::model
