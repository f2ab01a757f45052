// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vmplan::model {
namespace {

constexpr std::array<std::string_view, 4> kArchitectures = {"aarch64", "ppc64le", "riscv64",
                                                            "x86_64"};

/// What Debian's QEMU offers for one architecture.
struct GuestFacts {
  std::string_view arch;
  std::string_view machine;
  /// False: the machine type has no versions, and what it means is up to the installed QEMU.
  bool has_versions;
  std::string_view qemu_binary;
  std::string_view cpu;
  std::int64_t max_cpus;
  std::string_view firmware;
};

// Source: QEMU 7.2, `-machine help`, `-cpu help`, hw/{i386,arm,riscv,ppc}. `max` is everything that
// the pinned QEMU can emulate, where an architecture has it: current distributions refuse to boot
// on x86's `qemu64`, which lacks x86-64-v2. riscv64 has no `max` before QEMU 8.2.
constexpr GuestFacts kGuests[] = {
    {"aarch64", "virt", true, "qemu-system-aarch64", "max", 512, "/usr/share/AAVMF/AAVMF_CODE.fd"},
    {"ppc64le", "pseries", true, "qemu-system-ppc64", "power9_v2.0", 1024, ""},
    {"riscv64", "virt", false, "qemu-system-riscv64", "rv64", 512,
     "/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf"},
    {"x86_64", "pc-q35", true, "qemu-system-x86_64", "max", 255, ""},
};

GuestMachine guest_machine(const GuestFacts& facts, const std::string& qemu_version) {
  GuestMachine guest;
  guest.arch = facts.arch;
  guest.machine = facts.machine;
  if (facts.has_versions) guest.machine += "-" + qemu_version;
  guest.qemu_binary = facts.qemu_binary;
  guest.cpu = facts.cpu;
  guest.max_cpus = facts.max_cpus;
  guest.firmware = facts.firmware;
  return guest;
}

std::vector<Platform> all_named() {
  std::vector<Platform> platforms;
  for (std::string_view arch : kArchitectures)
    for (bool has_kvm : {true, false})
      platforms.push_back(linux_platform(
          fmt::format("linux-{}-{}/1", arch, has_kvm ? "kvm" : "tcg"), arch, has_kvm, "7.2"));
  return platforms;
}

}  // namespace

std::string_view to_text(Acceleration acceleration) {
  switch (acceleration) {
    case Acceleration::Kvm:
      return "kvm";
    case Acceleration::Tcg:
      return "tcg";
  }
  return "";
}

const GuestMachine* Platform::guest(std::string_view guest_arch) const {
  for (const GuestMachine& machine : guests)
    if (machine.arch == guest_arch) return &machine;
  return nullptr;
}

bool Platform::offers(Acceleration acceleration, std::string_view guest_arch) const {
  if (acceleration != Acceleration::Tcg && guest_arch != arch) return false;
  return std::find(accelerators.begin(), accelerators.end(), acceleration) != accelerators.end();
}

std::optional<Acceleration> Platform::best_for(std::string_view guest_arch) const {
  for (Acceleration acceleration : accelerators)
    if (offers(acceleration, guest_arch)) return acceleration;
  return std::nullopt;
}

std::span<const std::string_view> architectures() { return kArchitectures; }

Platform linux_platform(std::string name, std::string_view host_arch, bool has_kvm,
                        const std::string& qemu_version) {
  Platform platform;
  platform.name = std::move(name);
  platform.os = "linux";
  platform.arch = host_arch;
  if (has_kvm) platform.accelerators.push_back(Acceleration::Kvm);
  platform.accelerators.push_back(Acceleration::Tcg);
  platform.qemu_version = qemu_version;
  platform.qemu_img = "qemu-img";
  platform.hugepages = {Mebibytes{2}, Mebibytes{1024}};
  for (const GuestFacts& facts : kGuests)
    platform.guests.push_back(guest_machine(facts, qemu_version));
  return platform;
}

std::span<const Platform> named_platforms() {
  static const std::vector<Platform> kPlatforms = all_named();
  return kPlatforms;
}

const Platform* find_platform(std::string_view name) {
  for (const Platform& platform : named_platforms()) {
    std::string_view full = platform.name;
    if (name == full || name == full.substr(0, full.find('/'))) return &platform;
  }
  return nullptr;
}

}  // namespace vmplan::model
