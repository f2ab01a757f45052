// SPDX-License-Identifier: Apache-2.0
// The document of a platform: what is hashed, printed, and read back from a platform file.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/json_writer.h"
#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/path_rules.h"
#include "compiler/model/platform.h"

namespace vmplan::model {
namespace {

tl::unexpected<Error> corrupt(std::string_view member, std::string_view expected) {
  return fail(ErrorKind::Corrupt, fmt::format("platform: `{}` must be {}", member, expected));
}

// A platform file is written by people, and its texts become words of command lines and lines of
// the lock file: each has a form of its own.

bool is_word(const std::string& text) { return !cpu_model_fault(text); }

/// "linux-x86_64-kvm/1": a word, and perhaps a number.
bool is_platform_name(const std::string& text) {
  std::string_view rest = text;
  std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return is_word(text);
  std::string_view number = rest.substr(slash + 1);
  return is_word(text.substr(0, slash)) && !number.empty() &&
         std::all_of(number.begin(), number.end(), is_ascii_digit);
}

/// Two numbers with a dot between them.
bool is_version(const std::string& text) {
  auto parts = split(text, '.');
  return parts.size() == 2 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part.size() <= 4 &&
                  std::all_of(part.begin(), part.end(), is_ascii_digit);
         });
}

bool is_absolute_file(const std::string& text) {
  return !path_fault(text, PathRole::Binary, {}) && text.starts_with('/') &&
         normal_path(text) == text;
}

bool is_program(const std::string& text, std::string_view bare) {
  return text == bare || is_absolute_file(text);
}

bool is_firmware(const std::string& text) { return text.empty() || is_absolute_file(text); }
bool is_qemu_img(const std::string& text) { return is_program(text, "qemu-img"); }
bool is_text(const std::string& text) { return !text.empty(); }

struct Text {
  std::string_view key;
  std::string* value;
  bool (*is_sound)(const std::string&);
};

/// Reads text members; the name of the first one that is not sound.
std::optional<std::string_view> read_texts(const Json& document,
                                           std::initializer_list<Text> texts) {
  for (const Text& text : texts) {
    const Json* member = document.find(text.key);
    const std::string* found = member == nullptr ? nullptr : member->if_string();
    if (found == nullptr || !text.is_sound(*found)) return text.key;
    *text.value = *found;
  }
  return std::nullopt;
}

Json guest_json(const GuestMachine& guest) {
  return json_object({{"cpu", guest.cpu},
                      {"firmware", guest.firmware},
                      {"machine", guest.machine},
                      {"max_cpus", guest.max_cpus},
                      {"qemu_binary", guest.qemu_binary}});
}

Result<GuestMachine> read_guest(const std::string& arch, const Json& document) {
  auto known = architectures();
  if (std::find(known.begin(), known.end(), arch) == known.end())
    return corrupt("guests",
                   fmt::format("an object of known architectures, which `{}` is not", arch));
  const GuestMachine* usual = named_platforms().front().guest(arch);
  GuestMachine guest;
  guest.arch = arch;
  if (auto wrong = read_texts(document, {{"cpu", &guest.cpu, is_word},
                                         {"firmware", &guest.firmware, is_firmware},
                                         {"machine", &guest.machine, is_word},
                                         {"qemu_binary", &guest.qemu_binary, is_text}}))
    return corrupt(fmt::format("guests.{}.{}", arch, *wrong), "a text that can be used as such");
  if (!is_program(guest.qemu_binary, usual->qemu_binary))
    return corrupt(
        fmt::format("guests.{}.qemu_binary", arch),
        fmt::format("`{}` or an absolute path in its shortest form", usual->qemu_binary));
  guest.max_cpus = document.int_or("max_cpus", 0);
  if (guest.max_cpus < 1)
    return corrupt(fmt::format("guests.{}.max_cpus", arch), "a positive integer");
  if (document.if_object()->size() != 5)
    return corrupt(fmt::format("guests.{}", arch), "an object of five known members");
  return guest;
}

Result<std::vector<GuestMachine>> read_guests(const Json& document) {
  const Json* member = document.find("guests");
  const JsonObject* guests = member == nullptr ? nullptr : member->if_object();
  if (guests == nullptr || guests->empty())
    return corrupt("guests", "an object with a member for each architecture");
  std::vector<GuestMachine> out;
  for (const auto& [arch, facts] : *guests) {
    Result<GuestMachine> guest = read_guest(arch, facts);
    if (!guest) return fail(std::move(guest.error()));
    out.push_back(std::move(*guest));
  }
  return out;
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

Result<std::vector<Mebibytes>> read_hugepages(const Json& document) {
  const Json* list = document.find("hugepages_mb");
  if (list == nullptr || list->if_array() == nullptr) return corrupt("hugepages_mb", "an array");
  std::vector<Mebibytes> out;
  for (const Json& item : *list->if_array()) {
    const std::int64_t* size = item.if_int();
    if (size == nullptr || *size < 1 || (!out.empty() && *size <= out.back().value))
      return corrupt("hugepages_mb", "a list of ascending sizes in MiB");
    out.push_back({*size});
  }
  return out;
}

}  // namespace

Json to_json(const Platform& platform) {
  JsonArray accelerators;
  for (Acceleration acceleration : platform.accelerators)
    accelerators.emplace_back(to_text(acceleration));
  JsonArray hugepages;
  for (Mebibytes size : platform.hugepages) hugepages.emplace_back(size.value);
  Json guests;
  for (const GuestMachine& guest : platform.guests) guests[guest.arch] = guest_json(guest);
  return json_object({{"accelerators", std::move(accelerators)},
                      {"arch", platform.arch},
                      {"guests", std::move(guests)},
                      {"hugepages_mb", std::move(hugepages)},
                      {"name", platform.name},
                      {"os", platform.os},
                      {"qemu_img", platform.qemu_img},
                      {"qemu_version", platform.qemu_version}});
}

Result<Platform> platform_from_json(const Json& document) {
  if (!document.is(Json::Kind::Object)) return corrupt("platform", "an object");
  Platform platform;
  if (auto wrong = read_texts(document, {{"arch", &platform.arch, is_word},
                                         {"name", &platform.name, is_platform_name},
                                         {"os", &platform.os, is_word},
                                         {"qemu_img", &platform.qemu_img, is_qemu_img},
                                         {"qemu_version", &platform.qemu_version, is_version}}))
    return corrupt(*wrong, "a text that can be used as such");
  auto accelerators = read_accelerators(document);
  if (!accelerators) return fail(std::move(accelerators.error()));
  platform.accelerators = std::move(*accelerators);
  auto hugepages = read_hugepages(document);
  if (!hugepages) return fail(std::move(hugepages.error()));
  platform.hugepages = std::move(*hugepages);
  auto guests = read_guests(document);
  if (!guests) return fail(std::move(guests.error()));
  platform.guests = std::move(*guests);
  if (document.if_object()->size() != 8)
    return corrupt("platform", "an object of eight known members");
  return platform;
}

Digest platform_digest(const Platform& platform) { return sha256(canonical(to_json(platform))); }

}  // namespace vmplan::model
