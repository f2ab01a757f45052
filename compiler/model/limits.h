// SPDX-License-Identifier: Apache-2.0
// What one machine takes, by its architecture: devices of a kind, because each has a fixed address
// that follows from its position; and what QEMU's machine types refuse to start beyond.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// Source: QEMU 7.2, include/sysemu/numa.h, MAX_NODES. riscv64's `virt` has one interrupt
/// controller per node, and crashes when it makes a third (hw/riscv/virt.c).
constexpr std::size_t most_numa_nodes(std::string_view arch) { return arch == "riscv64" ? 2 : 128; }

/// Memory of the machine and of each NUMA node is a multiple of this. Units: MiB.
/// Source: QEMU 7.2, hw/ppc/spapr.c, SPAPR_MEMORY_BLOCK_SIZE.
constexpr std::int64_t memory_block(std::string_view arch) { return arch == "ppc64le" ? 256 : 1; }

/// Highest number that x86_64's interrupt controllers can tell a processor by.
/// Source: QEMU 7.2, hw/i386/x86.c, x86_cpus_init.
inline constexpr std::int64_t kHighestApicId = 254;

/// Machines that one profile may stand for.
inline constexpr std::int64_t kMostInstances = 100'000;

/// Longest tag of a 9p share, in bytes. Source: QEMU 7.2, hw/9pfs/9p.h, MAX_TAG_LEN.
inline constexpr std::size_t kLongestShareTag = 31;

}  // namespace vmplan::model
