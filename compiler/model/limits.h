// SPDX-License-Identifier: Apache-2.0
// How many devices of a kind one machine takes: each has a fixed address that follows from its
// position.
#pragma once

#include <cstddef>
#include <string_view>

namespace vmplan::model {

struct DeviceLimits {
  std::size_t disks = 16;
  std::size_t interfaces = 16;
  std::size_t shares = 8;
};

/// ppc64le's pseries machine has one PCI bus of 32 slots; the others have as many ports as needed.
constexpr DeviceLimits limits_of(std::string_view arch) {
  if (arch == "ppc64le") return {.disks = 16, .interfaces = 8, .shares = 4};
  return {};
}

/// Longest tag of a 9p share, in bytes. Source: QEMU 7.2, hw/9pfs/9p.h, MAX_TAG_LEN.
inline constexpr std::size_t kLongestShareTag = 31;

}  // namespace vmplan::model
