// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/address.h"

#include <fmt/format.h>

namespace vmplan::lower::qemu {
namespace {

constexpr int kFunctionsPerSlot = 8;

/// First place of a class, counted in functions (PCI Express) or in slots (pseries).
struct First {
  int function;
  int slot;
};

First first_of(DeviceClass device_class) {
  switch (device_class) {
    case DeviceClass::Nic:
      return {2 * kFunctionsPerSlot, 1};
    case DeviceClass::Disk:
      return {4 * kFunctionsPerSlot, 9};
    case DeviceClass::Share:
      return {8 * kFunctionsPerSlot, 25};
    case DeviceClass::Balloon:
      return {7 * kFunctionsPerSlot, 29};
    case DeviceClass::Rng:
      return {7 * kFunctionsPerSlot + 1, 30};
    case DeviceClass::Seed:
      return {9 * kFunctionsPerSlot, 31};
  }
  return {};
}

}  // namespace

Address address_of(std::string_view arch, DeviceClass device_class, std::size_t index) {
  const First first = first_of(device_class);
  const int position = static_cast<int>(index);
  if (arch == "ppc64le") return {first.slot + position, 0, false};
  const int function = first.function + position;
  return {function / kFunctionsPerSlot, function % kFunctionsPerSlot, true};
}

std::string Address::port_id() const { return fmt::format("rp{}f{}", slot, function); }

std::string Address::addr() const { return has_port ? "0x0" : fmt::format("{:#x}", slot); }

Json Address::root_port() const {
  Json port = json_object({{"addr", fmt::format("{:#x}.{:#x}", slot, function)},
                           {"bus", "pcie.0"},
                           {"chassis", kFunctionsPerSlot * (slot - 1) + function + 1},
                           {"driver", "pcie-root-port"},
                           {"id", port_id()},
                           {"port", kFunctionsPerSlot * slot + function}});
  // Always on function 0, so that a second device in the slot changes no word of the first one.
  if (function == 0) port["multifunction"] = true;
  return port;
}

}  // namespace vmplan::lower::qemu
