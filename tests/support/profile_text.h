// SPDX-License-Identifier: Apache-2.0
// A profile as keys and values that can be written in many ways which all mean the same.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vmplan::test {

/// One `[section]` or `[[section]]` and its lines; sections of one path keep their order.
struct SectionText {
  std::string header;
  std::vector<std::pair<std::string, std::string>> keys;
};

/// A profile that uses every section, with values that need escapes.
std::vector<SectionText> rich_profile();

/// The same profile, in another order, with comments, blanks, other line ends and unknown keys as
/// `seed` says. `spell_defaults` writes constant defaults out; `unknown` adds keys that nobody
/// knows.
std::string scrambled(std::vector<SectionText> profile, std::uint64_t seed, bool spell_defaults,
                      bool unknown);

}  // namespace vmplan::test
