// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/secrets.h"

#include <algorithm>

#include "compiler/base/json_read.h"
#include "compiler/base/text.h"
#include "compiler/base/yaml_json.h"
#include "runtime/os/password_hash.h"

namespace vmplan::exec {
namespace {

constexpr std::string_view kCloudConfig = "#cloud-config\n";

/// The object that stands for a user's password; null when there is none.
Json* placeholder_in(Json& user) {
  if (user.if_object() == nullptr || user.find("hashed_passwd") == nullptr) return nullptr;
  Json& password = user["hashed_passwd"];
  return password.find("secret") != nullptr ? &password : nullptr;
}

using Declared = std::optional<std::vector<plan::SecretUse>>;

Result<os::SecretText> fetch(std::string_view name, std::string_view reference,
                             const LabHost& host) {
  Result<os::SecretText> secret = host.fetch_secret(reference, host.root);
  if (!secret)
    return fail(std::move(secret).error().with(
        fmt::format("secret `{}` ({})", printable(name), printable(reference))));
  return secret;
}

Result<os::SecretText> password_of(const Json& place, const Declared& declared,
                                   const LabHost& host) {
  const std::string_view name = place.string_or("secret", "");
  const std::string_view reference = place.string_or("reference", "");
  auto same = [&](const plan::SecretUse& use) {
    return use.name == name && use.reference == reference;
  };
  if (declared && std::ranges::none_of(*declared, same))
    return fail(ErrorKind::Refused, fmt::format("the step does not declare the secret `{}` ({})",
                                                printable(name), printable(reference)));
  return fetch(name, reference, host);
}

Status hash_into(Json& place, const Declared& declared, const LabHost& host) {
  Result<os::SecretText> password = password_of(place, declared, host);
  if (!password) return fail(std::move(password).error());
  Result<os::SecretText> hash = os::password_hash(*password, place.string_or("salt", ""));
  if (!hash) return fail(std::move(hash).error());
  place = Json(hash->text());
  return {};
}

}  // namespace

Status check_secrets(const plan::Step& step, const LabHost& host) {
  for (const plan::SecretUse& use : step.secrets)
    if (Result<os::SecretText> secret = fetch(use.name, use.reference, host); !secret)
      return fail(std::move(secret).error());
  return {};
}

Result<os::SecretText> with_passwords(std::string_view cloud_config, const Declared& declared,
                                      const LabHost& host) {
  auto unchanged = [&] { return os::SecretText(std::string(cloud_config)); };
  if (!cloud_config.starts_with(kCloudConfig)) return unchanged();
  Result<Json> document = read_foreign_json(cloud_config.substr(kCloudConfig.size()));
  // Settings in other YAML are somebody's own, and hold no passwords of ours.
  if (!document || document->find("users") == nullptr) return unchanged();
  JsonArray* users = (*document)["users"].if_array();
  if (users == nullptr) return unchanged();
  bool replaced = false;
  for (Json& user : *users) {
    Json* place = placeholder_in(user);
    if (place == nullptr) continue;
    if (Status hashed = hash_into(*place, declared, host); !hashed) return fail(hashed.error());
    replaced = true;
  }
  if (!replaced) return unchanged();
  return os::SecretText(fmt::format("{}{}\n", kCloudConfig, yaml_json(*document)));
}

}  // namespace vmplan::exec
