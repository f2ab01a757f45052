// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/qemu_backend.h"

#include "compiler/lower/network_node.h"
#include "compiler/lower/qemu/disk_node.h"
#include "compiler/lower/qemu/firmware_node.h"
#include "compiler/lower/qemu/machine_words.h"
#include "compiler/lower/qemu/vm_node.h"
#include "compiler/lower/seed_node.h"

namespace vmplan::lower::qemu {
namespace {

class QemuBackend final : public Backend {
 public:
  std::string_view name() const override { return "qemu"; }

  Capabilities capabilities() const override {
    Capabilities all;
    for (std::string_view arch : model::architectures())
      all.architectures.push_back({arch, model::limits_of(arch)});
    all.disk_formats = {"qcow2", "raw", "vdi", "vmdk", "host-path"};
    all.network_types = {"user", "none", "socket", "tap", "bridge"};
    all.serial_modes = {"pty", "file", "socket", "none"};
    return all;
  }

  Unit lower(const model::Vm& vm, const LabFacts& facts, Diagnostics&) const override {
    Unit unit;
    unit.nodes.reserve(vm.disks.size() + vm.nics.size() + 3);
    if (has_firmware_vars(vm)) unit.nodes.push_back(firmware_node(vm, facts));
    for (const model::Disk& disk : vm.disks) unit.nodes.push_back(disk_node(vm, disk, facts));
    for (const model::Nic& nic : vm.nics)
      if (makes_tap(nic)) unit.nodes.push_back(tap_node(vm, nic, facts));
    if (vm.cloud_init) unit.nodes.push_back(seed_node(vm));
    unit.nodes.push_back(vm_node(vm, facts));
    return unit;
  }

  std::optional<std::vector<plan::Step>> update(const plan::CommandPlan&,
                                                const plan::CommandPlan&) const override {
    return std::nullopt;
  }
};

}  // namespace

const Backend& backend() {
  static const QemuBackend kBackend;
  return kBackend;
}

}  // namespace vmplan::lower::qemu
