// SPDX-License-Identifier: Apache-2.0
// Rules on the machine type, on how many processors it has and on how memory is laid out.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/base/text.h"
#include "compiler/model/limits.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

constexpr std::int64_t kMemoryStep = 256;

/// "7.2" as numbers that compare; nullopt for anything else.
std::optional<std::pair<int, int>> read_version(std::string_view text) {
  std::pair<int, int> version;
  const char* end = text.data() + text.size();
  auto major = std::from_chars(text.data(), end, version.first);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  auto minor = std::from_chars(major.ptr + 1, end, version.second);
  if (minor.ec != std::errc() || minor.ptr != end) return std::nullopt;
  // One spelling each: no sign, no leading zero.
  if (fmt::format("{}.{}", version.first, version.second) != text) return std::nullopt;
  return version;
}

/// "pc-q35" of "pc-q35-7.2"; the whole text where there is no version.
std::string_view family(std::string_view machine) {
  std::size_t dash = machine.rfind('-');
  if (dash == std::string_view::npos || !read_version(machine.substr(dash + 1))) return machine;
  return machine.substr(0, dash);
}

std::optional<std::int64_t> processors(const HardwareSection& hardware) {
  if (!hardware.cores.has() || !hardware.sockets.has() || !hardware.threads.has())
    return std::nullopt;
  return *hardware.sockets * *hardware.cores * *hardware.threads;
}

/// Why a written machine type cannot be used; empty when it can.
std::string machine_fault(const std::string& machine, const GuestMachine& guest,
                          const Platform& platform) {
  std::string_view wanted = family(guest.machine);
  if (machine == guest.machine) return "";
  if (family(machine) != wanted) return fmt::format("expected `{}`", guest.machine);
  if (machine.size() == wanted.size()) return "it has no version";
  auto version = read_version(std::string_view(machine).substr(wanted.size() + 1));
  auto newest = read_version(platform.qemu_version);
  if (version && newest && *version > *newest)
    return fmt::format("the platform's QEMU is {}", platform.qemu_version);
  return "";
}

}  // namespace

void machine_type(const MachineScope& vm, Diagnostics& diagnostics) {
  if (vm.guest == nullptr) return;
  const WrittenText& machine = vm.profile().hardware.machine;
  if (machine.is_invalid()) return;
  if (machine.has()) {
    std::string fault = machine_fault(*machine, *vm.guest, *vm.platform);
    if (!fault.empty()) {
      diagnostics.add(
          {Code::BadMachineType,
           fmt::format("`{}` cannot be the machine type", *machine),
           fault,
           machine.span,
           {},
           fmt::format("write `machine = \"{}\"`, or leave it out", vm.guest->machine)});
      return;
    }
  }
  const std::string& type = machine.has() ? *machine : vm.guest->machine;
  if (family(type) != type) return;
  diagnostics.add({Code::MachineWithoutVersion,
                   fmt::format("machine type `{}` of {} has no versions", type, vm.guest->arch),
                   "what it is like follows the QEMU that is installed",
                   machine.has() ? machine.span : vm.profile().hardware.arch.span,
                   {},
                   "keep to one version of QEMU where that matters"});
}

void processor_count(const MachineScope& vm, Diagnostics& diagnostics) {
  const HardwareSection& hardware = vm.profile().hardware;
  auto count = processors(hardware);
  if (!count || vm.guest == nullptr || *count <= vm.guest->max_cpus) return;
  bool flat = !hardware.sockets.present && !hardware.threads.present;
  diagnostics.add({Code::OutOfRange,
                   fmt::format("machine type `{}` takes at most {} processors", vm.guest->machine,
                               vm.guest->max_cpus),
                   flat ? fmt::format("expected 1 to {}", vm.guest->max_cpus)
                        : fmt::format("`sockets` x `cores` x `threads` are {}", *count),
                   hardware.cores.span,
                   {},
                   flat
                       ? fmt::format("write `cores = {}` or less", vm.guest->max_cpus)
                       : std::string("write smaller numbers for `sockets`, `cores` or `threads`")});
}

void memory_granularity(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenInteger& memory = vm.profile().hardware.memory_mb;
  if (!memory.has() || *memory % kMemoryStep == 0) return;
  const WrittenText& arch = vm.profile().hardware.arch;
  if (arch.has() && memory_block(*arch) > 1) return;  // memory_blocks() judges it
  std::int64_t below = *memory / kMemoryStep * kMemoryStep;
  diagnostics.add({Code::MemoryGranularity,
                   fmt::format("{} MiB is no multiple of {}", *memory, kMemoryStep),
                   "works, but is likely a slip",
                   memory.span,
                   {},
                   fmt::format("write {} or {}", below, below + kMemoryStep)});
}

void numa_sums(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  if (profile.numa.empty() || !profile.numa.sound) return;
  std::int64_t cores = 0;
  std::int64_t memory = 0;
  for (const NumaSection& node : profile.numa) {
    if (!node.cores.has() || !node.memory_mb.has()) return;
    cores += *node.cores;
    memory += *node.memory_mb;
  }
  auto mismatch = [&](std::string_view what, std::int64_t sum, std::int64_t whole, Span span,
                      std::string_view unit) {
    diagnostics.add({Code::NumaMismatch,
                     fmt::format("NUMA nodes of machine {} do not add up", vm.label),
                     fmt::format("their {} add up to {}, not {}{}", what, sum, whole, unit),
                     profile.numa.front().span,
                     {{"the machine's is here", span}},
                     "share out all of it, and nothing more"});
  };
  if (auto all = processors(profile.hardware); all && *all != cores)
    mismatch("`cores`", cores, *all, profile.hardware.cores.span, "");
  const WrittenInteger& whole = profile.hardware.memory_mb;
  if (whole.has() && *whole != memory) mismatch("`memory_mb`", memory, *whole, whole.span, " MiB");
}

void hugepages(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  const WrittenText& field = profile.hardware.hugepages;
  if (!field.has() || *field == "off" || vm.platform == nullptr) return;
  Mebibytes page{*field == "1G" ? 1024 : 2};
  const auto& offered = vm.platform->hugepages;
  if (std::find(offered.begin(), offered.end(), page) == offered.end()) {
    diagnostics.add(
        {Code::HugepageMismatch,
         fmt::format("platform `{}` has no huge pages of {}", vm.platform->name, *field),
         fmt::format("machine {} asks for them", vm.label),
         field.span,
         {},
         "write `hugepages = \"off\"`, or build for another platform"});
    return;
  }
  auto check = [&](const WrittenInteger& memory) {
    if (!memory.has() || *memory % page.value == 0) return;
    diagnostics.add({Code::HugepageMismatch,
                     fmt::format("{} MiB are no whole number of huge pages", *memory),
                     fmt::format("a page has {} MiB", page.value),
                     memory.span,
                     {{"the size of pages is chosen here", field.span}},
                     fmt::format("write a multiple of {}", page.value)});
  };
  check(profile.hardware.memory_mb);
  for (const NumaSection& node : profile.numa) check(node.memory_mb);
}

}  // namespace vmplan::model::rules
