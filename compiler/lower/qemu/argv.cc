// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/argv.h"

#include <fmt/format.h>

#include "compiler/base/json_writer.h"
#include "compiler/lower/qemu/address.h"
#include "compiler/lower/qemu/option_list.h"
#include "compiler/model/hostfwd.h"

namespace vmplan::lower::qemu {
namespace {

using Argv = std::vector<std::string>;

void append(Argv& argv, std::string option, std::string value) {
  argv.push_back(std::move(option));
  argv.push_back(std::move(value));
}

void append_json(Argv& argv, std::string option, const Json& document) {
  append(argv, std::move(option), canonical(document));
}

/// Nothing that QEMU would add by itself, and no system call that a machine does not need.
void append_confinement(Argv& argv) {
  argv.insert(argv.end(), {"-nodefaults", "-no-user-config", "-display", "none", "-sandbox"});
  argv.push_back(OptionList("on")
                     .add("obsolete", "deny")
                     .add("elevateprivileges", "deny")
                     .add("spawn", "deny")
                     .add("resourcecontrol", "deny")
                     .text());
}

void append_machine(Argv& argv, const model::Vm& vm) {
  append(argv, "-machine", vm.machine);
  append(argv, "-accel", std::string(model::to_text(vm.acceleration)));
  append(argv, "-uuid", vm.uuid);
  append(argv, "-cpu", vm.cpu);
  append(argv, "-smp", fmt::format("{}", vm.cores));
  append(argv, "-m", fmt::format("{}M", vm.memory.value));
}

/// A path that can only be that of a file. Even under the driver `file`, QEMU takes `x:` before the
/// first slash for a protocol, when it looks for the base of an overlay. Source: QEMU 7.2 block.c,
/// path_combine.
std::string file_name(const std::string& path) {
  bool looks_remote = path.find(':') < path.find('/');
  return looks_remote ? "./" + path : path;
}

/// File node, format node, device: back ends first, front end last.
void append_disk(Argv& argv, const model::Disk& disk, std::size_t index) {
  std::string format_node = fmt::format("disk{}", index);
  std::string file_node = format_node + "-file";
  append_json(argv, "-blockdev",
              json_object({{"driver", "file"},
                           {"filename", file_name(disk.path)},
                           {"node-name", file_node},
                           {"read-only", disk.readonly}}));
  append_json(argv, "-blockdev",
              json_object({{"driver", model::to_text(disk.format)},
                           {"file", file_node},
                           {"node-name", format_node},
                           {"read-only", disk.readonly}}));
  Address address = address_of(DeviceClass::Disk, index);
  append_json(argv, "-device", address.root_port());
  Json device = json_object({{"addr", "0x0"},
                             {"bus", address.port_id()},
                             {"drive", format_node},
                             {"driver", "virtio-blk-pci"},
                             {"id", "disk-" + disk.name}});
  if (disk.boot) device["bootindex"] = 1;
  append_json(argv, "-device", device);
}

void append_nic(Argv& argv, const model::Nic& nic, std::size_t index) {
  Address address = address_of(DeviceClass::Nic, index);
  if (nic.kind == model::NicKind::None) {
    // The port keeps the slot's first function in place for the others.
    append_json(argv, "-device", address.root_port());
    return;
  }
  std::string netdev = fmt::format("net{}", index);
  Json backend = json_object({{"id", netdev}, {"type", "user"}});
  if (!nic.forwards.empty()) {
    JsonArray forwards;
    for (const model::HostForward& forward : nic.forwards)
      forwards.push_back(json_object({{"str", model::to_text(forward)}}));
    backend["hostfwd"] = std::move(forwards);
  }
  append_json(argv, "-netdev", backend);
  append_json(argv, "-device", address.root_port());
  append_json(argv, "-device",
              json_object({{"addr", "0x0"},
                           {"bus", address.port_id()},
                           {"driver", "virtio-net-pci"},
                           {"id", "nic-" + nic.name},
                           {"mac", model::to_text(nic.mac)},
                           {"netdev", netdev}}));
}

/// QEMU is always the listening side.
OptionList listening_socket(std::string_view id, std::string_view path) {
  return OptionList("socket")
      .add("id", id)
      .add("path", path)
      .add("server", "on")
      .add("wait", "off");
}

void append_monitor(Argv& argv, std::string_view id, std::string_view path) {
  append(argv, "-chardev", listening_socket(id, path).text());
  append(argv, "-mon", OptionList().add("chardev", id).add("mode", "control").text());
}

void append_serial(Argv& argv, const model::Serial& serial) {
  switch (serial.mode) {
    case model::SerialMode::Off:
      return;
    case model::SerialMode::File:
      append(argv, "-chardev",
             OptionList("file")
                 .add("id", "serial0")
                 .add("path", serial.log)
                 .add("append", "on")
                 .text());
      break;
    case model::SerialMode::Socket:
      append(argv, "-chardev",
             listening_socket("serial0", serial.socket)
                 .add("logfile", serial.log)
                 .add("logappend", "on")
                 .text());
      break;
  }
  append_json(
      argv, "-device",
      json_object(
          {{"chardev", "serial0"}, {"driver", "isa-serial"}, {"id", "serial-0"}, {"index", 0}}));
}

void append_kernel(Argv& argv, const model::Kernel& kernel) {
  append(argv, "-kernel", kernel.bzimage.path);
  if (kernel.initrd) append(argv, "-initrd", kernel.initrd->path);
  if (!kernel.append.empty()) append(argv, "-append", kernel.append);
}

}  // namespace

std::string supervisor_monitor(const model::Vm& vm) { return vm.run_dir + "/shim-qmp.sock"; }

std::vector<std::string> machine_argv(const model::Vm& vm) {
  Argv argv = {vm.qemu_binary};
  append_confinement(argv);
  append_machine(argv, vm);
  for (std::size_t i = 0; i < vm.disks.size(); ++i) append_disk(argv, vm.disks[i], i);
  for (std::size_t i = 0; i < vm.nics.size(); ++i) append_nic(argv, vm.nics[i], i);
  append_monitor(argv, "shim0", supervisor_monitor(vm));
  if (vm.qmp.enabled) append_monitor(argv, "qmp0", vm.qmp.socket);
  append_serial(argv, vm.serial);
  if (vm.kernel) append_kernel(argv, *vm.kernel);
  append(argv, "-name", vm.name);
  return argv;
}

}  // namespace vmplan::lower::qemu
