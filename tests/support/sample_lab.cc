// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_lab.h"

#include <stdexcept>

#include "compiler/lower/backend.h"
#include "compiler/lower/image_node.h"
#include "compiler/lower/link.h"
#include "compiler/plan/verify.h"

namespace vmplan::test {

model::Vm sample_vm(const std::string& name) {
  model::Vm vm;
  vm.name = name;
  vm.source = "profiles/" + name + ".toml";
  vm.profile_hash = sha256(name);
  vm.backend = "qemu";
  vm.arch = "x86_64";
  vm.qemu_binary = "qemu-system-x86_64";
  vm.machine = "pc-q35-7.2";
  vm.cpu = "max";
  vm.topology.cores = 2;
  vm.memory = {512};
  vm.acceleration = model::Acceleration::Tcg;
  vm.acceleration_requested = model::AccelerationRequest::Tcg;
  vm.uuid = "12345678-1234-8123-8123-123456789abc";
  model::Disk disk;
  disk.name = "root";
  disk.path = "disks/" + name + "/root.qcow2";
  disk.size = Gibibytes{1};
  disk.boot = true;
  vm.disks.push_back(disk);
  model::Nic nic;
  nic.name = "lan";
  nic.mac = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
  vm.nics.push_back(nic);
  vm.run_dir = ".vmplan/run/" + name;
  vm.log_dir = "logs/" + name;
  vm.qmp.socket = vm.run_dir + "/qmp.sock";
  return vm;
}

model::Lab sample_lab() {
  model::Lab lab;
  lab.name = "lab";
  lab.state_dir = ".vmplan";
  lab.lock_path = "vmplan.lock";
  lab.platform = model::linux_platform("test/1", "x86_64", false, "7.2");
  return lab;
}

plan::Plan plan_of(const model::Lab& lab) {
  Diagnostics diagnostics;
  std::vector<lower::Unit> units;
  units.push_back(lower::lower_images(lab));
  lower::LabFacts facts = lower::facts_of(lab);
  for (const model::Vm& vm : lab.vms)
    units.push_back(lower::find_backend(vm.backend)->lower(vm, facts, diagnostics));
  plan::Plan plan = lower::link(lab, std::move(units));
  if (Status ok = plan::verify(plan); !ok) throw std::runtime_error(ok.error().text());
  return plan;
}

const plan::CommandPlan& node_of(const plan::Plan& plan, const std::string& id) {
  std::optional<plan::NodeId> found = plan.find(id);
  if (!found) throw std::runtime_error("no node " + id);
  return plan.nodes[*found];
}

}  // namespace vmplan::test
