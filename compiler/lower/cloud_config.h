// SPDX-License-Identifier: Apache-2.0
// The three documents of a NoCloud seed, as JSON that is YAML too (compiler/base/yaml_json.h).
// Source: cloud-init, "NoCloud", "Cloud config", "Networking config version 2".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/json.h"
#include "compiler/model/lab.h"

namespace vmplan::lower {

/// user-data: `#cloud-config` and one line of JSON. A password is an object that says which secret
/// to hash, for the step that writes the seed (secret_name()).
std::string user_data_text(const model::Vm& vm);

/// meta-data: an instance id that another user-data or network-config changes, so that cloud-init
/// runs again, and the host name. `user_data` and `network_config` stand for the other two files.
std::string meta_data_text(const model::Vm& vm, std::string_view user_data,
                           std::string_view network_config);

/// network-config, version 2.
std::string network_config_text(const model::Vm& vm);

/// What network-config says about one card: the whole of what is known about its address goes here.
/// nullopt: nothing.
std::optional<Json> network_entry(const model::Nic& nic);

/// The name under which the seed step gets a user's password.
std::string secret_name(const model::GuestUser& user);

/// Salt of a password's hash: the same for the same machine, user and version, so that a seed has
/// the same bytes whenever it is made.
std::string password_salt(const model::Vm& vm, const model::GuestUser& user);

}  // namespace vmplan::lower
