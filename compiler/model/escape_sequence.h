// SPDX-License-Identifier: Apache-2.0
// The key that leaves an attached console, as profiles write it: `ctrl+]`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

/// Why `text` cannot be the key; nullopt when it can. Keys are `ctrl+` and a lower-case letter or
/// one of `] \ ^ _`, but for those that programs in every guest need.
std::optional<std::string> escape_fault(std::string_view text);

}  // namespace vmplan::model
