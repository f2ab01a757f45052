// SPDX-License-Identifier: Apache-2.0
// The spelling of canonical TOML, piece by piece. It knows no schema; the order of pieces is
// canonical_toml.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace vmplan::syntax {

/// A bare key where TOML allows one, else a quoted one.
void append_key(std::string& out, std::string_view key);

/// A basic string. Escapes only `"`, `\`, C0 controls and DEL: the short forms \b \t \n \f \r, else
/// \u00XX. Requires: valid UTF-8.
void append_string(std::string& out, std::string_view text);

/// Decimal, without a plus sign or underscores.
void append_integer(std::string& out, std::int64_t number);

void append_boolean(std::string& out, bool flag);

/// Where a secret is: `{ secret = "env:NAME", version = "2" }`. An empty version is left out.
void append_secret(std::string& out, std::string_view reference, std::string_view version);

/// On one line: `["a", "b"]`; `[]` when empty.
void append_strings(std::string& out, std::span<const std::string_view> items);

}  // namespace vmplan::syntax
