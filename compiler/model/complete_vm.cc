// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/complete_vm.h"

#include "compiler/base/lexical_path.h"
#include "compiler/model/acceleration.h"
#include "compiler/model/hostfwd.h"

namespace vmplan::model {
namespace {

/// The processor model when the profile names none. `max` is everything that the pinned QEMU can
/// emulate: current distributions refuse to boot on `qemu64`, which lacks x86-64-v2, and the QEMU
/// version is checked before anything starts, so `max` means the same on every host.
std::string_view default_cpu(Acceleration acceleration) {
  switch (acceleration) {
    case Acceleration::Kvm:
      return "host";
    case Acceleration::Tcg:
      return "max";
  }
  return "";
}

std::string path_or(const WrittenText& field, const std::string& derived) {
  return field.has() ? normal_path(*field) : derived;
}

std::optional<ImageId> find_image(const DenseMap<ImageId, Image>& images, const WrittenText& name) {
  if (!name.has()) return std::nullopt;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (ImageId id = images.id_at(i); images[id].name == *name) return id;
  return std::nullopt;
}

Disk complete_disk(const DiskSection& section, const DenseMap<ImageId, Image>& images) {
  Disk disk;
  disk.name = *section.name;
  disk.path = normal_path(*section.path);
  disk.format = *section.format == "raw" ? DiskFormat::Raw : DiskFormat::Qcow2;
  if (section.size_gb.has()) disk.size = Gibibytes{*section.size_gb};
  disk.boot = *section.boot;
  disk.readonly = *section.readonly;
  disk.image = find_image(images, section.image);
  disk.span = section.span;
  return disk;
}

Nic complete_nic(const InterfaceSection& section, const LabIdentity& lab, std::string_view vm) {
  Nic nic;
  nic.name = *section.name;
  nic.kind = *section.type == "user" ? NicKind::User : NicKind::None;
  for (const ListItem& item : *section.hostfwd)
    nic.forwards.push_back(*read_host_forward(item.text).forward);
  nic.mac = section.mac.has() ? *read_mac(*section.mac) : derive_mac(lab, vm, nic.name);
  nic.span = section.span;
  return nic;
}

Serial complete_serial(const SerialSection& section, const MachinePlaces& places) {
  Serial serial;
  if (!*section.enabled || *section.mode == "none") return serial;
  if (*section.mode == "socket") {
    serial.mode = SerialMode::Socket;
    serial.socket = path_or(section.device, places.serial_socket);
    serial.log = path_or(section.logfile, places.serial_log);
  } else {
    serial.mode = SerialMode::File;
    serial.log =
        path_or(section.device.has() ? section.device : section.logfile, places.serial_log);
  }
  return serial;
}

InputFile input_of(const WrittenText& field, const InputDigests& inputs) {
  std::string path = normal_path(*field);
  return {path, inputs.known(path)};
}

std::optional<Kernel> complete_kernel(const KernelSection& section, const InputDigests& inputs) {
  if (!*section.enabled) return std::nullopt;
  Kernel kernel;
  kernel.bzimage = input_of(section.bzimage, inputs);
  if (section.initrd.has()) kernel.initrd = input_of(section.initrd, inputs);
  kernel.append = *section.append;
  return kernel;
}

Lifecycle complete_lifecycle(const LifecycleSection& section) {
  return {.boot_timeout = {*section.boot_timeout_seconds},
          .stop_timeout = {*section.stop_timeout_seconds},
          .quit_timeout = {*section.quit_timeout_seconds},
          .term_timeout = {*section.term_timeout_seconds},
          .force_kill = *section.force_kill};
}

}  // namespace

Vm complete_vm(const MachineScope& machine, const DenseMap<ImageId, Image>& images,
               const InputDigests& inputs) {
  const Profile& profile = machine.profile();
  const LabIdentity& lab = machine.frame->identity;
  Vm vm;
  vm.name = *profile.vm.name;
  vm.description = *profile.vm.description;
  vm.source = machine.file->path;
  vm.profile_hash = machine.file->profile_hash;
  vm.backend = *profile.vm.backend;
  vm.arch = *profile.hardware.arch;
  vm.qemu_binary =
      profile.vm.qemu_binary.has() ? *profile.vm.qemu_binary : machine.platform->qemu_binary;
  vm.machine = machine.platform->machine;
  vm.acceleration_requested = *requested_acceleration(profile);
  vm.acceleration = *machine.acceleration;
  vm.cpu = profile.hardware.cpu.has() ? *profile.hardware.cpu
                                      : std::string(default_cpu(vm.acceleration));
  vm.cores = *profile.hardware.cores;
  vm.memory = {*profile.hardware.memory_mb};
  vm.uuid = derive_uuid(lab, vm.name);
  for (const DiskSection& disk : profile.disks) vm.disks.push_back(complete_disk(disk, images));
  for (const InterfaceSection& card : profile.interfaces)
    vm.nics.push_back(complete_nic(card, lab, vm.name));
  vm.serial = complete_serial(profile.serial, *machine.places);
  vm.qmp.enabled = *profile.qmp.enabled;
  if (vm.qmp.enabled) vm.qmp.socket = path_or(profile.qmp.socket, machine.places->qmp_socket);
  vm.kernel = complete_kernel(profile.kernel, inputs);
  vm.lifecycle = complete_lifecycle(profile.lifecycle);
  vm.run_dir = machine.places->run_dir;
  vm.log_dir = machine.places->log_dir;
  vm.span = profile.vm.span;
  return vm;
}

}  // namespace vmplan::model
