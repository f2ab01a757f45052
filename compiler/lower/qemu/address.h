// SPDX-License-Identifier: Apache-2.0
// Where a device sits: a pure function of the architecture, its class and its index, never of what
// else is there. Machines with PCI Express give each device a root port of its own, eight ports
// sharing a slot of pcie.0 as its functions; ppc64le's pseries has slots of pci.0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/base/json.h"

namespace vmplan::lower::qemu {

/// NICs come first: firmware and guests number buses in slot order, so disks come and go without
/// renaming NICs.
/// The seed of cloud-init comes last, so that giving a machine one renumbers nothing.
enum class DeviceClass { Nic, Disk, Share, Balloon, Rng, Seed };

/// The place of one device.
struct Address {
  /// On the root bus: of the root port, or of the device itself.
  int slot = 0;
  int function = 0;
  bool has_port = true;

  /// "rp4f0": id of the root port, which is also the name of the bus behind it.
  std::string port_id() const;
  /// The `-device` document of the root port. Requires: has_port.
  Json root_port() const;
  /// The bus that the device itself is on, and its place there.
  std::string bus() const { return has_port ? port_id() : "pci.0"; }
  std::string addr() const;
};

/// Requires: index is below the limit of the class (model/limits.h), 1 for Balloon, Rng
/// and Seed.
Address address_of(std::string_view arch, DeviceClass device_class, std::size_t index = 0);

}  // namespace vmplan::lower::qemu
