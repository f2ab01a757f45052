// SPDX-License-Identifier: Apache-2.0
// Looking single members up in one line of JSON without a library and without a tree, for the shim
// and for run.json. It checks only as much of the text as it walks over; complete documents are
// read by compiler/base/json_read.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vmplan::vm {

/// The text of the value of `key` in the object `object`: "12", "\"text\"", "{...}". The first of
/// equal keys counts. nullopt: no such member, or `object` is malformed, or nested deeper than 64.
std::optional<std::string_view> json_member(std::string_view object, std::string_view key);

/// The contents of a string without escapes; nullopt for anything else.
std::optional<std::string_view> json_plain_string(std::string_view value);
std::optional<std::int64_t> json_integer(std::string_view value);
std::optional<bool> json_boolean(std::string_view value);

}  // namespace vmplan::vm
