// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/qemu_backend.h"

#include "compiler/lower/qemu/address.h"
#include "compiler/lower/qemu/disk_node.h"
#include "compiler/lower/qemu/vm_node.h"

namespace vmplan::lower::qemu {
namespace {

class QemuBackend final : public Backend {
 public:
  std::string_view name() const override { return "qemu"; }

  Capabilities capabilities() const override {
    return {.architectures = {"x86_64"},
            .disk_formats = {"qcow2", "raw"},
            .network_types = {"user", "none"},
            .serial_modes = {"file", "socket"},
            .max_disks = kDevicesPerClass,
            .max_nics = kDevicesPerClass};
  }

  Unit lower(const model::Vm& vm, const LabFacts& facts, Diagnostics&) const override {
    Unit unit;
    unit.nodes.reserve(vm.disks.size() + 1);
    for (const model::Disk& disk : vm.disks) unit.nodes.push_back(disk_node(vm, disk, facts));
    unit.nodes.push_back(vm_node(vm));
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
