// SPDX-License-Identifier: Apache-2.0
// Valid TOML in every layout that the grammar allows, with comments wherever one may stand.
#pragma once

#include <cstdint>
#include <string>

namespace vmplan::test {

/// The same text for the same seed.
std::string random_toml(std::uint64_t seed);

/// A few bytes of `text` changed, dropped, doubled or moved. Mostly no TOML any more.
std::string mutated(std::string text, std::uint64_t seed);

}  // namespace vmplan::test
