// SPDX-License-Identifier: Apache-2.0
// `spec` of a machine: one member per attribute of the profile language, by the names users write
// there.
#include <fmt/format.h>

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

std::string_view type_word(const model::Nic& nic) {
  switch (nic.kind) {
    case model::NicKind::User:
      return "user";
    case model::NicKind::None:
      return "none";
    case model::NicKind::Socket:
      return "socket";
    case model::NicKind::Tap:
      return nic.tap.bridge.empty() ? "tap" : "bridge";
  }
  return "";
}

Json interfaces_spec(const model::Vm& vm) {
  JsonArray list;
  for (const model::Nic& nic : vm.nics) {
    JsonArray forwards;
    for (const model::HostForward& forward : nic.forwards)
      forwards.push_back(forward_spec(forward));
    Json spec = json_object({{"hostfwd", std::move(forwards)},
                             {"mac", model::to_text(nic.mac)},
                             {"name", nic.name},
                             {"type", type_word(nic)}});
    if (!nic.network.empty()) spec["network"] = nic.network;
    if (nic.kind == model::NicKind::Tap) spec["device"] = nic.tap.name;
    if (!nic.tap.bridge.empty()) spec["bridge"] = nic.tap.bridge;
    if (nic.address)
      spec["address"] = fmt::format("{}/{}", nic.address->text, nic.address->prefix_length);
    list.push_back(std::move(spec));
  }
  return Json(std::move(list));
}

Json serial_spec(const model::Serial& serial) {
  switch (serial.mode) {
    case model::SerialMode::Off:
      return Json();
    case model::SerialMode::File:
      return json_object({{"logfile", serial.log}, {"mode", "file"}});
    case model::SerialMode::Pty:
      return json_object({{"logfile", serial.log}, {"mode", "pty"}});
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
  return json_object(
      {{"boot_timeout_seconds", lifecycle.boot_timeout.value},
       {"force_kill", lifecycle.force_kill},
       {"on_change", lifecycle.on_change == model::OnChange::Never ? "never" : "restart"},
       {"quit_timeout_seconds", lifecycle.quit_timeout.value},
       {"stop_timeout_seconds", lifecycle.stop_timeout.value},
       {"term_timeout_seconds", lifecycle.term_timeout.value},
       {"wait", lifecycle.wait_for_text.empty() ? std::string("qmp")
                                                : "serial:" + lifecycle.wait_for_text}});
}

Json hardware_spec(const model::Vm& vm) {
  JsonArray flags;
  for (const model::CpuFlag& flag : vm.cpu_flags)
    flags.emplace_back((flag.on ? "+" : "-") + flag.name);
  JsonArray nodes;
  for (const model::NumaNode& node : vm.numa)
    nodes.push_back(json_object({{"cores", node.processors}, {"memory_mb", node.memory.value}}));
  return json_object({{"acceleration", model::to_text(vm.acceleration)},
                      {"arch", vm.arch},
                      {"balloon", vm.balloon},
                      {"cores", vm.topology.cores},
                      {"cpu", vm.cpu},
                      {"cpu_flags", std::move(flags)},
                      {"hugepages_mb", vm.hugepages ? vm.hugepages->value : std::int64_t{0}},
                      {"machine", vm.machine},
                      {"memory_mb", vm.memory.value},
                      {"numa", std::move(nodes)},
                      {"rng", vm.rng},
                      {"sockets", vm.topology.sockets},
                      {"threads", vm.topology.threads}});
}

Json shares_spec(const model::Vm& vm) {
  JsonArray list;
  for (const model::Share& share : vm.shares)
    list.push_back(
        json_object({{"name", share.name}, {"path", share.path}, {"readonly", share.readonly}}));
  return Json(std::move(list));
}

Json console_spec(const model::Console& console) {
  return json_object(
      {{"auto_attach", console.auto_attach}, {"escape_sequence", console.escape_sequence}});
}

}  // namespace

Json vm_spec(const model::Vm& vm) {
  Json spec = hardware_spec(vm);
  for (auto& [key, value] :
       {std::pair<std::string_view, Json>{"backend", vm.backend},
        {"console", console_spec(vm.console)},
        {"depends_on", Json::strings(vm.depends_on)},
        {"disks", disks_spec(vm)},
        {"firmware", vm.firmware},
        {"interfaces", interfaces_spec(vm)},
        {"kernel", kernel_spec(vm)},
        {"lifecycle", lifecycle_spec(vm.lifecycle)},
        {"protect", vm.lifecycle.prevent_destroy},
        {"qemu_binary", vm.qemu_binary},
        {"qmp", vm.qmp.enabled ? json_object({{"socket", vm.qmp.socket}}) : Json()},
        {"serial", serial_spec(vm.serial)},
        {"shares", shares_spec(vm)},
        {"tags", Json::strings(vm.tags)},
        {"uuid", vm.uuid}})
    spec[key] = value;
  return spec;
}

}  // namespace vmplan::lower::qemu
