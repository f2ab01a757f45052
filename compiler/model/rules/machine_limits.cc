// SPDX-License-Identifier: Apache-2.0
// Rules on what the machine type of an architecture cannot be: what QEMU would refuse to start, or
// start as something else than was asked for.
#include <fmt/format.h>

#include <bit>

#include "compiler/model/limits.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

/// Bits that tell `count` things apart.
std::int64_t bits_for(std::int64_t count) {
  return static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(count - 1)));
}

/// The number of the last processor: one field of whole bits each for socket, core and thread.
std::int64_t last_apic_id(std::int64_t sockets, std::int64_t cores, std::int64_t threads) {
  const std::int64_t thread_bits = bits_for(threads);
  return ((sockets - 1) << (bits_for(cores) + thread_bits)) | ((cores - 1) << thread_bits) |
         (threads - 1);
}

}  // namespace

void processor_numbers(const MachineScope& vm, Diagnostics& diagnostics) {
  const HardwareSection& hardware = vm.profile().hardware;
  if (vm.guest == nullptr || vm.guest->arch != "x86_64" || !hardware.cores.has() ||
      !hardware.sockets.has() || !hardware.threads.has())
    return;
  const std::int64_t sockets = *hardware.sockets;
  const std::int64_t cores = *hardware.cores;
  const std::int64_t threads = *hardware.threads;
  if (sockets * cores * threads > vm.guest->max_cpus) return;  // processor_count() judges it
  const std::int64_t last = last_apic_id(sockets, cores, threads);
  if (last <= kHighestApicId) return;
  diagnostics.add({Code::OutOfRange,
                   fmt::format("processors of machine {} have numbers that are too high", vm.label),
                   fmt::format("the last one would have the APIC id {}; at most {} are possible",
                               last, kHighestApicId),
                   hardware.cores.span,
                   {},
                   "write powers of two for `cores` and `threads`, which leave no number unused, "
                   "or smaller numbers"});
}

void core_threads(const MachineScope& vm, Diagnostics& diagnostics) {
  const HardwareSection& hardware = vm.profile().hardware;
  if (vm.guest == nullptr || vm.acceleration != Acceleration::Tcg || !hardware.threads.has() ||
      *hardware.threads == 1)
    return;
  if (vm.guest->arch == "ppc64le") {
    diagnostics.add(
        {Code::OutOfRange,
         fmt::format("machine type `{}` has one thread a core under tcg", vm.guest->machine),
         "QEMU cannot emulate more",
         hardware.threads.span,
         {},
         "leave `threads` out, and write more `cores`"});
  } else if (vm.guest->arch == "x86_64" && !hardware.cpu.is_invalid() &&
             (!hardware.cpu.has() || *hardware.cpu == "max") && vm.guest->cpu == "max") {
    diagnostics.add(
        {Code::ThreadsHidden,
         fmt::format("the guest of machine {} sees cores instead of threads", vm.label),
         "processor model `max` cannot show threads under tcg",
         hardware.threads.span,
         {},
         "name a model of Intel's, such as `cpu = \"Nehalem\"`, or leave `threads` out"});
  }
}

void memory_blocks(const MachineScope& vm, Diagnostics& diagnostics) {
  if (vm.guest == nullptr) return;
  const std::int64_t block = memory_block(vm.guest->arch);
  auto check = [&](const WrittenInteger& memory) {
    if (!memory.has() || *memory % block == 0) return;
    const std::int64_t above = (*memory / block + 1) * block;
    diagnostics.add({Code::OutOfRange,
                     fmt::format("machine type `{}` takes memory in blocks of {} MiB",
                                 vm.guest->machine, block),
                     fmt::format("{} MiB are no whole number of blocks", *memory),
                     memory.span,
                     {},
                     fmt::format("write {}", above)});
  };
  check(vm.profile().hardware.memory_mb);
  for (const NumaSection& node : vm.profile().numa) check(node.memory_mb);
}

void numa_count(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& nodes = vm.profile().numa;
  if (vm.guest == nullptr) return;
  const std::size_t most = most_numa_nodes(vm.guest->arch);
  if (nodes.size() <= most) return;
  diagnostics.add({Code::OutOfRange,
                   fmt::format("machine {} has {} NUMA nodes; at most {} are possible", vm.label,
                               nodes.size(), most),
                   fmt::format("node {}", most + 1),
                   nodes[most].span,
                   {},
                   "share the processors out to fewer nodes"});
}

}  // namespace vmplan::model::rules
