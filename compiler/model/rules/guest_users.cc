// SPDX-License-Identifier: Apache-2.0
// Rules on the accounts of a guest.
#include <fmt/format.h>

#include <map>

#include "compiler/base/text.h"
#include "compiler/model/guest_text.h"
#include "compiler/model/rules/guest_setting.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

constexpr std::string_view kAccountHelp =
    "use small letters, digits, `_` and `-`, a letter first, for example `deploy`";

/// True when the name is there and sound.
bool check_name(const WrittenText& name, Diagnostics& diagnostics) {
  if (!name.has()) return false;
  std::optional<std::string> fault = account_fault(*name);
  if (!fault) return true;
  diagnostics.add({Code::BadGuestUser,
                   fmt::format("`{}` is no name of an account", printable(*name)),
                   std::move(*fault),
                   name.span,
                   {},
                   std::string(kAccountHelp)});
  return false;
}

void check_keys(const WrittenList& keys, Diagnostics& diagnostics) {
  if (!keys.has()) return;
  for (const ListItem& key : *keys)
    if (std::optional<std::string> fault = ssh_key_fault(key.text))
      diagnostics.add({Code::BadSshKey,
                       "this is no public key of SSH",
                       std::move(*fault),
                       key.span,
                       {},
                       "copy the line of a `.pub` file, such as `ssh-ed25519 AAAA... me@desk`"});
  no_repeats("ssh_authorized_keys", keys, diagnostics);
}

void check_groups(const WrittenList& groups, Diagnostics& diagnostics) {
  if (!groups.has()) return;
  for (const ListItem& group : *groups)
    if (std::optional<std::string> fault = account_fault(group.text))
      diagnostics.add({Code::BadGuestUser,
                       fmt::format("`{}` is no name of a group", printable(group.text)),
                       std::move(*fault),
                       group.span,
                       {},
                       std::string(kAccountHelp)});
  no_repeats("groups", groups, diagnostics);
}

void check_shell(const WrittenText& shell, Diagnostics& diagnostics) {
  if (!shell.has()) return;
  std::optional<std::string> fault = guest_path_fault(*shell);
  if (!fault) return;
  diagnostics.add({Code::BadGuestUser,
                   fmt::format("`{}` is no shell", printable(*shell)),
                   std::move(*fault),
                   shell.span,
                   {},
                   "write a path such as `/bin/bash`"});
}

}  // namespace

void guest_users(const MachineScope& vm, Diagnostics& diagnostics) {
  std::map<std::string_view, Span> seen;
  for (const GuestUserSection& user : vm.profile().guest_users) {
    check_keys(user.ssh_authorized_keys, diagnostics);
    check_groups(user.groups, diagnostics);
    check_shell(user.shell, diagnostics);
    if (!check_name(user.name, diagnostics)) continue;
    auto [first, fresh] = seen.emplace(*user.name, user.name.span);
    if (fresh) continue;
    diagnostics.add({Code::DuplicateItem,
                     fmt::format("two accounts are named `{}`", *user.name),
                     "this name is taken",
                     user.name.span,
                     {{"the first one is here", first->second}},
                     "give each its own name"});
  }
}

}  // namespace vmplan::model::rules
