// SPDX-License-Identifier: Apache-2.0
// What a guest is told on its first boot: complete and validated. It knows no file format of
// cloud-init.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/model/input_file.h"

namespace vmplan::model {

/// Where a password is, and which one it is.
struct SecretSource {
  /// "env:NAME" or "file:PATH".
  std::string reference;
  std::string version;
};

struct GuestUser {
  std::string name;
  std::vector<std::string> ssh_authorized_keys;
  /// nullopt: no login by password.
  std::optional<SecretSource> password;
  /// Empty: no rule.
  std::string sudo;
  /// Empty: the guest's own.
  std::string shell;
  std::vector<std::string> groups;
};

struct GuestFile {
  std::string path;
  std::string content;
  /// "0644".
  std::string permissions;
  std::string owner;
};

struct CloudInit {
  /// Lab-relative file of the seed, e.g. ".vmplan/seed/web.iso".
  std::string seed_path;
  std::string hostname;
  /// Empty: the guest's own.
  std::string timezone;
  std::string locale;
  std::vector<std::string> packages;
  std::vector<std::string> runcmd;
  std::vector<GuestUser> users;
  std::vector<GuestFile> files;
  /// Whether the guest is told how to set up its cards.
  bool configures_network = true;
  /// Files of the user's, each in place of what would be made from the rest.
  std::optional<InputFile> user_data;
  std::optional<InputFile> meta_data;
  std::optional<InputFile> network_config;
};

}  // namespace vmplan::model
