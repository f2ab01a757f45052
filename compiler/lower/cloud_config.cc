// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/cloud_config.h"

#include <fmt/format.h>

#include "compiler/base/digest.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/yaml_json.h"

namespace vmplan::lower {
namespace {

Json users_json(const model::Vm& vm) {
  JsonArray users;
  for (const model::GuestUser& user : vm.cloud_init->users) {
    Json entry = json_object({{"lock_passwd", !user.password.has_value()}, {"name", user.name}});
    if (!user.groups.empty()) entry["groups"] = Json::strings(user.groups);
    if (!user.shell.empty()) entry["shell"] = user.shell;
    if (!user.ssh_authorized_keys.empty())
      entry["ssh_authorized_keys"] = Json::strings(user.ssh_authorized_keys);
    if (!user.sudo.empty()) entry["sudo"] = user.sudo;
    if (user.password)
      entry["hashed_passwd"] = json_object({{"reference", user.password->reference},
                                            {"salt", password_salt(vm, user)},
                                            {"secret", secret_name(user)}});
    users.push_back(std::move(entry));
  }
  return Json(std::move(users));
}

Json files_json(const model::CloudInit& cloud_init) {
  JsonArray files;
  for (const model::GuestFile& file : cloud_init.files)
    files.push_back(json_object({{"content", file.content},
                                 {"owner", file.owner},
                                 {"path", file.path},
                                 {"permissions", file.permissions}}));
  return Json(std::move(files));
}

}  // namespace

std::string user_data_text(const model::Vm& vm) {
  const model::CloudInit& cloud_init = *vm.cloud_init;
  Json document;
  if (!cloud_init.locale.empty()) document["locale"] = cloud_init.locale;
  if (!cloud_init.timezone.empty()) document["timezone"] = cloud_init.timezone;
  if (!cloud_init.packages.empty()) document["packages"] = Json::strings(cloud_init.packages);
  if (!cloud_init.runcmd.empty()) document["runcmd"] = Json::strings(cloud_init.runcmd);
  if (!cloud_init.users.empty()) document["users"] = users_json(vm);
  if (!cloud_init.files.empty()) document["write_files"] = files_json(cloud_init);
  return "#cloud-config\n" + yaml_json(document) + "\n";
}

std::string meta_data_text(const model::Vm& vm, std::string_view user_data,
                           std::string_view network_config) {
  const Json content = json_object({{"kind", "vmplan.instance-id/1"},
                                    {"network-config", network_config},
                                    {"user-data", user_data},
                                    {"vm", vm.name}});
  constexpr std::size_t kDigits = 32;
  const std::string id = sha256(canonical(content)).hex().substr(0, kDigits);
  return yaml_json(json_object(
             {{"instance-id", "iid-" + id}, {"local-hostname", vm.cloud_init->hostname}})) +
         "\n";
}

std::string network_config_text(const model::Vm& vm) {
  Json cards;
  for (const model::Nic& nic : vm.nics)
    if (std::optional<Json> entry = network_entry(nic)) cards[nic.name] = std::move(*entry);
  return yaml_json(json_object({{"ethernets", std::move(cards)}, {"version", 2}})) + "\n";
}

std::optional<Json> network_entry(const model::Nic& nic) {
  if (nic.kind == model::NicKind::None) return std::nullopt;
  Json entry = json_object({{"match", json_object({{"macaddress", model::to_text(nic.mac)}})}});
  if (nic.address) {
    entry["addresses"] =
        JsonArray{fmt::format("{}/{}", nic.address->text, nic.address->prefix_length)};
  } else if (nic.kind == model::NicKind::Socket) {
    // Nobody gives addresses there, and nobody should wait for one.
    entry["optional"] = true;
  } else {
    entry["dhcp4"] = true;
  }
  return entry;
}

std::string secret_name(const model::GuestUser& user) { return "password/" + user.name; }

std::string password_salt(const model::Vm& vm, const model::GuestUser& user) {
  const Json content = json_object({{"kind", "vmplan.salt/1"},
                                    {"user", user.name},
                                    {"version", user.password ? user.password->version : ""},
                                    {"vm", vm.name}});
  // The longest that crypt takes for SHA-512; hex digits are among its characters.
  constexpr std::size_t kDigits = 16;
  return sha256(canonical(content)).hex().substr(0, kDigits);
}

}  // namespace vmplan::lower
