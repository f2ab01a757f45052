// SPDX-License-Identifier: Apache-2.0
// `spec` of a machine: one member per attribute of the profile language, by the names users write
// there.
#include "compiler/lower/qemu/vm_node.h"

namespace vmplan::lower::qemu {
namespace {

Json disks_spec(const model::Vm& vm) {
  JsonArray list;
  for (const model::Disk& disk : vm.disks)
    list.push_back(json_object({{"boot", disk.boot},
                                {"format", model::to_text(disk.format)},
                                {"name", disk.name},
                                {"path", disk.path},
                                {"readonly", disk.readonly}}));
  return Json(std::move(list));
}

Json forward_spec(const model::HostForward& forward) {
  return json_object({{"guest_address", forward.guest_address},
                      {"guest_port", int{forward.guest_port}},
                      {"host_address", forward.host_address},
                      {"host_port", int{forward.host_port}},
                      {"protocol", forward.protocol == model::IpProtocol::Tcp ? "tcp" : "udp"}});
}

Json interfaces_spec(const model::Vm& vm) {
  JsonArray list;
  for (const model::Nic& nic : vm.nics) {
    JsonArray forwards;
    for (const model::HostForward& forward : nic.forwards)
      forwards.push_back(forward_spec(forward));
    list.push_back(json_object({{"hostfwd", std::move(forwards)},
                                {"mac", model::to_text(nic.mac)},
                                {"name", nic.name},
                                {"type", nic.kind == model::NicKind::User ? "user" : "none"}}));
  }
  return Json(std::move(list));
}

Json serial_spec(const model::Serial& serial) {
  switch (serial.mode) {
    case model::SerialMode::Off:
      return Json();
    case model::SerialMode::File:
      return json_object({{"logfile", serial.log}, {"mode", "file"}});
    case model::SerialMode::Socket:
      return json_object({{"device", serial.socket}, {"logfile", serial.log}, {"mode", "socket"}});
  }
  return Json();
}

Json kernel_spec(const model::Vm& vm) {
  if (!vm.kernel) return Json();
  Json spec = json_object({{"append", vm.kernel->append}, {"bzimage", vm.kernel->bzimage.path}});
  if (vm.kernel->initrd) spec["initrd"] = vm.kernel->initrd->path;
  return spec;
}

Json lifecycle_spec(const model::Lifecycle& lifecycle) {
  return json_object({{"boot_timeout_seconds", lifecycle.boot_timeout.value},
                      {"force_kill", lifecycle.force_kill},
                      {"quit_timeout_seconds", lifecycle.quit_timeout.value},
                      {"stop_timeout_seconds", lifecycle.stop_timeout.value},
                      {"term_timeout_seconds", lifecycle.term_timeout.value}});
}

}  // namespace

Json vm_spec(const model::Vm& vm) {
  return json_object({{"acceleration", model::to_text(vm.acceleration)},
                      {"arch", vm.arch},
                      {"backend", vm.backend},
                      {"cores", vm.cores},
                      {"cpu", vm.cpu},
                      {"disks", disks_spec(vm)},
                      {"interfaces", interfaces_spec(vm)},
                      {"kernel", kernel_spec(vm)},
                      {"lifecycle", lifecycle_spec(vm.lifecycle)},
                      {"machine", vm.machine},
                      {"memory_mb", vm.memory.value},
                      {"qemu_binary", vm.qemu_binary},
                      {"qmp", vm.qmp.enabled ? json_object({{"socket", vm.qmp.socket}}) : Json()},
                      {"serial", serial_spec(vm.serial)},
                      {"uuid", vm.uuid}});
}

}  // namespace vmplan::lower::qemu
