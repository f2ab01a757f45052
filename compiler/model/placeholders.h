// SPDX-License-Identifier: Apache-2.0
// `{index}` and `{each}` in the texts of a profile that stands for several machines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

/// What the placeholders of one machine stand for.
struct PlaceholderValues {
  /// Counts from 0.
  std::int64_t index = 0;
  /// Null where machines are only counted.
  const std::string* each = nullptr;
};

struct Replaced {
  std::string text;
  /// How many placeholders there were.
  std::size_t count = 0;
  /// The whole text was one placeholder, and what it stands for is a number.
  std::optional<std::int64_t> number;
  /// Why a placeholder is none; empty: all are sound. Then `text` means nothing.
  std::string fault;
};

/// `{index}`, `{index+K}`, `{index:0W}` and `{index+K:0W}` (at least W digits, 1 to 9), `{each}`;
/// `{{` is one brace. A `}` by itself is an ordinary character.
Replaced replace_placeholders(std::string_view text, const PlaceholderValues& values);

}  // namespace vmplan::model
