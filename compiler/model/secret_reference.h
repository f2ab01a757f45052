// SPDX-License-Identifier: Apache-2.0
// Where a secret is, as a profile spells it. It fetches none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

/// Why a text is no reference to a secret; nullopt when it is "env:NAME", with the name of an
/// environment variable, or "file:PATH", with a path that is absolute or stays in the lab.
std::optional<std::string> secret_reference_fault(std::string_view reference);

}  // namespace vmplan::model
