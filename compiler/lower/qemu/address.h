// SPDX-License-Identifier: Apache-2.0
// Where a device sits on the q35 machine: a pure function of its class and index, never of what
// else is there. Each device has a PCIe root port of its own; eight ports share a slot of pcie.0 as
// its functions.
#pragma once

#include <cstddef>
#include <string>

#include "compiler/base/json.h"

namespace vmplan::lower::qemu {

/// Devices of one class, and the two slots of pcie.0 that hold their root ports.
/// NICs come first: firmware and guests number buses in slot order, so disks come and go without
/// renaming NICs.
enum class DeviceClass { Nic, Disk };

/// How many devices of one class have an address.
inline constexpr std::size_t kDevicesPerClass = 16;

/// A root port and the place behind it.
struct Address {
  /// Slot on pcie.0 and function of the root port.
  int slot = 0;
  int function = 0;

  /// "rp4f0": id of the root port, which is also the name of the bus behind it.
  std::string port_id() const;
  /// The `-device` document of the root port.
  Json root_port() const;
};

/// Requires: index < kDevicesPerClass.
Address address_of(DeviceClass device_class, std::size_t index);

}  // namespace vmplan::lower::qemu
