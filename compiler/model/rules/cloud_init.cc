// SPDX-License-Identifier: Apache-2.0
// Rules on what a guest is told on its first boot: its name and settings, its files, and what
// stands beside a file of the user's. Accounts are guest_users.cc.
#include <fmt/format.h>

#include <map>

#include "compiler/base/text.h"
#include "compiler/model/guest_text.h"
#include "compiler/model/rules/guest_setting.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"
#include "compiler/model/secret_text.h"

namespace vmplan::model::rules {
namespace {

void replaced_by(const WrittenText& file, std::string_view file_key, std::string_view what,
                 Span place, Diagnostics& diagnostics) {
  diagnostics.add({Code::SeedConflict,
                   fmt::format("{} has no effect beside `{}`", what, file_key),
                   "the file takes its place",
                   place,
                   {{"the file is named here", file.span}},
                   fmt::format("put it into the file, or leave `{}` out", file_key)});
}

/// What a file of user data says instead.
void beside_user_data(const Profile& profile, Diagnostics& diagnostics) {
  const CloudInitSection& section = profile.cloud_init;
  if (!section.user_data.present) return;
  auto judge = [&](std::string_view name, bool present, Span span) {
    if (present)
      replaced_by(section.user_data, "user_data", fmt::format("`{}`", name), span, diagnostics);
  };
  judge("timezone", section.timezone.present, section.timezone.span);
  judge("locale", section.locale.present, section.locale.span);
  judge("packages", section.packages.present, section.packages.span);
  judge("runcmd", section.runcmd.present, section.runcmd.span);
  for (const GuestUserSection& user : profile.guest_users)
    judge("[[cloud_init.users]]", true, user.span);
  for (const GuestFileSection& file : profile.guest_files)
    judge("[[cloud_init.write_files]]", true, file.span);
}

void file_fault(std::string_view key, const WrittenText& field,
                std::optional<std::string> (*fault_of)(std::string_view), std::string help,
                Diagnostics& diagnostics) {
  if (!field.has()) return;
  std::optional<std::string> fault = fault_of(*field);
  if (!fault) return;
  diagnostics.add({Code::BadGuestFile,
                   fmt::format("`{} = \"{}\"` cannot be in a guest", key, printable(*field)),
                   std::move(*fault),
                   field.span,
                   {},
                   std::move(help)});
}

void looks_secret_here(std::string_view what, const std::string& text, Span span,
                       Diagnostics& diagnostics) {
  std::optional<std::string> found = looks_secret(text);
  if (!found) return;
  diagnostics.add({Code::LooksSecret,
                   fmt::format("{} looks like it holds a secret", what),
                   fmt::format("{}; the plan and the seed show it", *found),
                   span,
                   {},
                   "take it out, and change the secret if this file was shared"});
}

}  // namespace

void guest_settings(const MachineScope& vm, Diagnostics& diagnostics) {
  const CloudInitSection& section = vm.profile().cloud_init;
  if (!section.present) return;
  guest_setting("hostname", section.hostname, hostname_fault, "host name",
                "use letters, digits and inner `-`, for example `web-1`", diagnostics);
  guest_setting("timezone", section.timezone, timezone_fault, "time zone",
                "write a name such as `UTC` or `Europe/Berlin`", diagnostics);
  guest_setting("locale", section.locale, locale_fault, "locale",
                "write a name such as `C.UTF-8` or `en_US.UTF-8`", diagnostics);
  guest_list("packages", section.packages, package_fault, "package",
             "write a name as the guest's package manager takes it", diagnostics);
  // The machine's name serves where none is written, and may hold `_`.
  const WrittenText& name = vm.profile().vm.name;
  if (section.hostname.present || section.meta_data.present || !vm.places) return;
  if (std::optional<std::string> fault = hostname_fault(*name))
    diagnostics.add({Code::BadGuestSetting,
                     fmt::format("`{}` is no host name", *name),
                     std::move(*fault),
                     section.span,
                     {{"the machine is named here", name.span}},
                     "write `hostname` in `[cloud_init]`"});
}

void guest_commands(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenList& field = vm.profile().cloud_init.runcmd;
  if (!field.has()) return;
  for (const ListItem& item : *field) {
    if (item.text.empty())
      diagnostics.add({Code::BadGuestSetting,
                       "a command line of `runcmd` is empty",
                       "the guest's shell would have nothing to run",
                       item.span,
                       {},
                       "take it off the list"});
    looks_secret_here("a command line of `runcmd`", item.text, item.span, diagnostics);
  }
}

void guest_files(const MachineScope& vm, Diagnostics& diagnostics) {
  std::map<std::string_view, Span> seen;
  for (const GuestFileSection& file : vm.profile().guest_files) {
    file_fault("path", file.path, guest_path_fault, "write a path such as `/etc/motd`",
               diagnostics);
    file_fault("permissions", file.permissions, permissions_fault,
               "write four digits such as `0644`", diagnostics);
    file_fault("owner", file.owner, owner_fault, "write `USER` or `USER:GROUP`", diagnostics);
    if (file.content.has())
      looks_secret_here("the content of a file", *file.content, file.content.span, diagnostics);
    if (!file.path.has()) continue;
    auto [first, fresh] = seen.emplace(*file.path, file.path.span);
    if (fresh) continue;
    diagnostics.add({Code::DuplicateItem,
                     fmt::format("`{}` is written twice", printable(*file.path)),
                     "this file is taken",
                     file.path.span,
                     {{"the first one is here", first->second}},
                     "keep one of them"});
  }
}

void seed_files(const MachineScope& vm, Diagnostics& diagnostics) {
  const CloudInitSection& section = vm.profile().cloud_init;
  const PathPolicy policy = policy_of(vm);
  check_path(section.user_data, PathRole::SeedFile, "the user data", policy, diagnostics);
  check_path(section.meta_data, PathRole::SeedFile, "the meta data", policy, diagnostics);
  check_path(section.network_config_file, PathRole::SeedFile, "the network configuration", policy,
             diagnostics);
  beside_user_data(vm.profile(), diagnostics);
  if (section.meta_data.present && section.hostname.present)
    replaced_by(section.meta_data, "meta_data", "`hostname`", section.hostname.span, diagnostics);
  if (section.network_config_file.present && section.network_config.present)
    replaced_by(section.network_config_file, "network_config_file", "`network_config`",
                section.network_config.span, diagnostics);
}

}  // namespace vmplan::model::rules
