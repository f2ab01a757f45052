// SPDX-License-Identifier: Apache-2.0
// Quantities that must not be mixed up. One number each; arithmetic is done by the caller on
// purpose.
#pragma once

#include <compare>
#include <cstdint>

namespace vmplan {

struct Bytes {
  std::int64_t value = 0;
  friend auto operator<=>(Bytes, Bytes) = default;
};

struct Mebibytes {
  std::int64_t value = 0;
  friend auto operator<=>(Mebibytes, Mebibytes) = default;
};

/// 2^30 bytes. `size_gb` of the profile language counts these, as qemu-img's `G` does.
struct Gibibytes {
  std::int64_t value = 0;
  constexpr Bytes bytes() const { return {value << 30}; }
  friend auto operator<=>(Gibibytes, Gibibytes) = default;
};

struct Seconds {
  std::int64_t value = 0;
  friend auto operator<=>(Seconds, Seconds) = default;
};

struct Millis {
  std::int64_t value = 0;
  friend auto operator<=>(Millis, Millis) = default;
};

constexpr Millis to_millis(Seconds s) { return {s.value * 1000}; }

}  // namespace vmplan
