// SPDX-License-Identifier: Apache-2.0
// Small accidents that a text may have, as values: a property can shrink them. Bytes in, bytes out;
// it knows no TOML beyond lines and `key = value`.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

namespace vmplan::test {

/// One accident. The same edit of the same text gives the same bytes.
struct Edit {
  /// Which accident, modulo how many there are.
  std::uint32_t kind = 0;
  /// Where, modulo how many places there are.
  std::uint32_t place = 0;
  /// How much, or which of several texts.
  std::uint32_t amount = 0;
};

inline std::ostream& operator<<(std::ostream& out, const Edit& edit) {
  return out << edit.kind << '/' << edit.place << '/' << edit.amount;
}

std::string spoiled(std::string text, const Edit& edit);

}  // namespace vmplan::test
