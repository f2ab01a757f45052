// SPDX-License-Identifier: Apache-2.0
// How many devices of a kind one machine takes: each has a fixed address that follows from its
// position.
#pragma once

#include <cstddef>

namespace vmplan::model {

inline constexpr std::size_t kMostDisks = 16;
inline constexpr std::size_t kMostInterfaces = 16;

}  // namespace vmplan::model
