// SPDX-License-Identifier: Apache-2.0
// Telling by its looks that a key or a text is a secret. A guess, made for people who paste one by
// mistake; what is meant to be secret is written as a reference.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

/// Whether a key is called like a secret: "root_password", "api-key".
bool is_secret_name(std::string_view key);

/// What in `text` looks like a secret, in words that do not repeat it; nullopt when nothing does.
/// Looks for private keys, tokens of well-known forms, and `password=...`.
std::optional<std::string> looks_secret(std::string_view text);

}  // namespace vmplan::model
