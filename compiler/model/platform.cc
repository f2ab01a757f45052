// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/base/json_writer.h"

namespace vmplan::model {
namespace {

Platform linux_x86_64(std::string name, std::vector<Acceleration> accelerators) {
  Platform platform;
  platform.name = std::move(name);
  platform.os = "linux";
  platform.arch = "x86_64";
  platform.accelerators = std::move(accelerators);
  platform.qemu_version = "7.2";
  platform.machine = "pc-q35-7.2";
  platform.qemu_binary = "qemu-system-x86_64";
  platform.qemu_img = "qemu-img";
  platform.max_cpus = 255;
  return platform;
}

tl::unexpected<Error> corrupt(std::string_view member, std::string_view expected) {
  return fail(ErrorKind::Corrupt, fmt::format("platform: `{}` must be {}", member, expected));
}

Result<std::vector<Acceleration>> read_accelerators(const Json& document) {
  const Json* list = document.find("accelerators");
  if (list == nullptr || list->if_array() == nullptr) return corrupt("accelerators", "an array");
  std::vector<Acceleration> out;
  for (const Json& item : *list->if_array()) {
    const std::string* word = item.if_string();
    if (word == nullptr || (*word != "kvm" && *word != "tcg"))
      return corrupt("accelerators", "a list of \"kvm\" and \"tcg\"");
    Acceleration acceleration = *word == "kvm" ? Acceleration::Kvm : Acceleration::Tcg;
    if (std::find(out.begin(), out.end(), acceleration) != out.end())
      return corrupt("accelerators", "a list without repeats");
    out.push_back(acceleration);
  }
  if (out.empty()) return corrupt("accelerators", "a list of at least one");
  return out;
}

}  // namespace

std::string_view to_text(Acceleration acceleration) {
  switch (acceleration) {
    case Acceleration::Kvm:
      return "kvm";
    case Acceleration::Tcg:
      return "tcg";
  }
  return "";
}

bool Platform::offers(Acceleration acceleration) const {
  return std::find(accelerators.begin(), accelerators.end(), acceleration) != accelerators.end();
}

Json to_json(const Platform& platform) {
  JsonArray accelerators;
  for (Acceleration acceleration : platform.accelerators)
    accelerators.emplace_back(to_text(acceleration));
  return json_object({{"accelerators", std::move(accelerators)},
                      {"arch", platform.arch},
                      {"machine", platform.machine},
                      {"max_cpus", platform.max_cpus},
                      {"name", platform.name},
                      {"os", platform.os},
                      {"qemu_binary", platform.qemu_binary},
                      {"qemu_img", platform.qemu_img},
                      {"qemu_version", platform.qemu_version}});
}

Result<Platform> platform_from_json(const Json& document) {
  if (!document.is(Json::Kind::Object)) return corrupt("platform", "an object");
  Platform platform;
  struct Text {
    std::string_view key;
    std::string* value;
  };
  for (auto [key, value] :
       {Text{"arch", &platform.arch}, Text{"machine", &platform.machine},
        Text{"name", &platform.name}, Text{"os", &platform.os},
        Text{"qemu_binary", &platform.qemu_binary}, Text{"qemu_img", &platform.qemu_img},
        Text{"qemu_version", &platform.qemu_version}}) {
    *value = document.string_or(key, "");
    if (value->empty()) return corrupt(key, "a text that is not empty");
  }
  platform.max_cpus = document.int_or("max_cpus", 0);
  if (platform.max_cpus < 1) return corrupt("max_cpus", "a positive integer");
  auto accelerators = read_accelerators(document);
  if (!accelerators) return fail(std::move(accelerators.error()));
  platform.accelerators = std::move(*accelerators);
  if (document.if_object()->size() != 9)
    return corrupt("platform", "an object of nine known members");
  return platform;
}

Digest platform_digest(const Platform& platform) { return sha256(canonical(to_json(platform))); }

std::span<const Platform> named_platforms() {
  static const std::array<Platform, 2> kPlatforms = {
      linux_x86_64("linux-x86_64-kvm/1", {Acceleration::Kvm, Acceleration::Tcg}),
      linux_x86_64("linux-x86_64-tcg/1", {Acceleration::Tcg}),
  };
  return kPlatforms;
}

const Platform* find_platform(std::string_view name) {
  for (const Platform& platform : named_platforms()) {
    std::string_view full = platform.name;
    if (name == full || name == full.substr(0, full.find('/'))) return &platform;
  }
  return nullptr;
}

}  // namespace vmplan::model
