// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/address.h"

#include <fmt/format.h>

namespace vmplan::lower::qemu {
namespace {

constexpr int kFunctionsPerSlot = 8;

int first_slot(DeviceClass device_class) {
  switch (device_class) {
    case DeviceClass::Nic:
      return 2;
    case DeviceClass::Disk:
      return 4;
  }
  return 0;
}

}  // namespace

Address address_of(DeviceClass device_class, std::size_t index) {
  int position = static_cast<int>(index);
  return {first_slot(device_class) + position / kFunctionsPerSlot, position % kFunctionsPerSlot};
}

std::string Address::port_id() const { return fmt::format("rp{}f{}", slot, function); }

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
