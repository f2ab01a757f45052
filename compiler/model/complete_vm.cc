// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/complete_vm.h"

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/model/acceleration.h"
#include "compiler/model/cpu_flag.h"
#include "compiler/model/hostfwd.h"
#include "compiler/model/networks.h"
#include "compiler/model/readiness.h"

namespace vmplan::model {
namespace {

std::string path_or(const WrittenText& field, const std::string& derived) {
  return field.has() ? normal_path(*field) : derived;
}

/// Images are sorted by name.
std::optional<ImageId> find_image(const DenseMap<ImageId, Image>& images, const WrittenText& name) {
  if (!name.has()) return std::nullopt;
  auto found = std::lower_bound(
      images.begin(), images.end(), *name,
      [](const Image& image, const std::string& wanted) { return image.name < wanted; });
  if (found == images.end() || found->name != *name) return std::nullopt;
  return images.id_at(static_cast<std::size_t>(found - images.begin()));
}

DiskFormat disk_format(std::string_view word) {
  for (DiskFormat format : {DiskFormat::Raw, DiskFormat::Vdi, DiskFormat::Vmdk})
    if (to_text(format) == word) return format;
  return DiskFormat::Qcow2;
}

Disk complete_disk(const DiskSection& section, const DenseMap<ImageId, Image>& images) {
  Disk disk;
  disk.name = *section.name;
  disk.path = normal_path(*section.path);
  disk.format = disk_format(*section.format);
  if (section.size_gb.has()) disk.size = Gibibytes{*section.size_gb};
  disk.boot = *section.boot;
  disk.readonly = *section.readonly;
  disk.image = find_image(images, section.image);
  return disk;
}

Share complete_share(const DiskSection& section) {
  return {*section.name, normal_path(*section.path), *section.readonly};
}

NicKind nic_kind(std::string_view word) {
  if (word == "user") return NicKind::User;
  if (word == "socket") return NicKind::Socket;
  return word == "none" ? NicKind::None : NicKind::Tap;
}

Tap complete_tap(const InterfaceSection& section, const MachineScope& machine) {
  const LabIdentity& lab = machine.frame->identity;
  if (std::string_view given = given_tap(section, machine.lab_file); !given.empty())
    return {std::string(given), false, ""};
  Tap tap;
  tap.name = derive_device_name(lab, tap_node_id(*machine.profile().vm.name, *section.name));
  if (kind_of(section, machine.lab_file) != "bridge") return tap;
  tap.bridge = given_bridge(section, machine.lab_file);
  if (tap.bridge.empty()) tap.bridge = derive_device_name(lab, network_node_id(*section.network));
  return tap;
}

std::optional<NicAddress> complete_address(const InterfaceSection& section,
                                           const MachineScope& machine) {
  auto subnet = subnet_of(section, machine.lab_file);
  if (!subnet) return std::nullopt;
  if (section.address.has()) return NicAddress{*section.address, subnet->prefix_length};
  Ipv4Address derived =
      derive_address(machine.frame->identity, *machine.profile().vm.name, *section.name, *subnet);
  return NicAddress{ipv4_text(derived), subnet->prefix_length};
}

Nic complete_nic(const InterfaceSection& section, const MachineScope& machine) {
  const LabIdentity& lab = machine.frame->identity;
  Nic nic;
  nic.name = *section.name;
  nic.kind = nic_kind(kind_of(section, machine.lab_file));
  for (const ListItem& item : *section.hostfwd)
    nic.forwards.push_back(*read_host_forward(item.text).forward);
  nic.mac = section.mac.has() ? *read_mac(*section.mac)
                              : derive_mac(lab, *machine.profile().vm.name, nic.name);
  if (section.network.has()) nic.network = *section.network;
  if (nic.kind == NicKind::Socket) nic.multicast_group = derive_multicast_group(lab, nic.network);
  if (nic.kind == NicKind::Tap) nic.tap = complete_tap(section, machine);
  nic.network_is_made = !nic.network.empty() && !nic.tap.bridge.empty() &&
                        given_bridge(section, machine.lab_file).empty();
  nic.address = complete_address(section, machine);
  return nic;
}

Serial complete_serial(const SerialSection& section, const MachinePlaces& places) {
  Serial serial;
  if (!*section.enabled || *section.mode == "none") return serial;
  serial.log = path_or(section.logfile, places.serial_log);
  if (*section.mode == "socket") {
    serial.mode = SerialMode::Socket;
    serial.socket = path_or(section.device, places.serial_socket);
  } else if (*section.mode == "pty") {
    serial.mode = SerialMode::Pty;
  } else {
    serial.mode = SerialMode::File;
    if (section.device.has()) serial.log = normal_path(*section.device);
  }
  return serial;
}

std::vector<std::string> sorted_texts(const WrittenList& field) {
  std::vector<std::string> out;
  for (const ListItem& item : *field) out.push_back(item.text);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Processor, memory and what comes with the machine type.
void complete_hardware(const MachineScope& machine, Vm& vm) {
  const HardwareSection& hardware = machine.profile().hardware;
  const GuestMachine& guest = *machine.guest;
  vm.arch = *hardware.arch;
  vm.machine = hardware.machine.has() ? *hardware.machine : guest.machine;
  vm.acceleration_requested = *requested_acceleration(machine.profile());
  vm.acceleration = *machine.acceleration;
  // `host` means the host's processor, which only KVM hands through.
  vm.cpu = vm.acceleration == Acceleration::Kvm ? "host" : guest.cpu;
  if (hardware.cpu.has()) vm.cpu = *hardware.cpu;
  for (const ListItem& flag : *hardware.cpu_flags)
    vm.cpu_flags.push_back(*read_cpu_flag(flag.text));
  vm.topology = {*hardware.sockets, *hardware.cores, *hardware.threads};
  vm.memory = {*hardware.memory_mb};
  if (*hardware.hugepages != "off")
    vm.hugepages = Mebibytes{*hardware.hugepages == "1G" ? 1024 : 2};
  for (const NumaSection& node : machine.profile().numa)
    vm.numa.push_back({*node.cores, {*node.memory_mb}});
  vm.balloon = *hardware.balloon;
  vm.rng = *hardware.rng;
}

InputFile input_of(const WrittenText& field, const InputDigests& inputs) {
  std::string path = normal_path(*field);
  return {path, inputs.known(path)};
}

BootFile boot_file(const WrittenText& file, const WrittenText& image,
                   const DenseMap<ImageId, Image>& images, const InputDigests& inputs) {
  if (file.has()) {
    InputFile input = input_of(file, inputs);
    return {std::move(input.path), input.sha256, {}};
  }
  const Image& named = images[*find_image(images, image)];
  return {named.stored, named.sha256, named.name};
}

std::optional<Kernel> complete_kernel(const KernelSection& section,
                                      const DenseMap<ImageId, Image>& images,
                                      const InputDigests& inputs) {
  if (!*section.enabled) return std::nullopt;
  Kernel kernel;
  kernel.bzimage = boot_file(section.bzimage, section.image, images, inputs);
  if (section.initrd.has() || section.initrd_image.has())
    kernel.initrd = boot_file(section.initrd, section.initrd_image, images, inputs);
  kernel.append = *section.append;
  return kernel;
}

Lifecycle complete_lifecycle(const LifecycleSection& section) {
  return {.boot_timeout = {*section.boot_timeout_seconds},
          .stop_timeout = {*section.stop_timeout_seconds},
          .quit_timeout = {*section.quit_timeout_seconds},
          .term_timeout = {*section.term_timeout_seconds},
          .force_kill = *section.force_kill,
          .prevent_destroy = *section.prevent_destroy,
          .on_change = *section.on_change == "never" ? OnChange::Never : OnChange::Restart,
          .wait_for_text = read_readiness(*section.wait).text};
}

std::vector<std::string> texts_of(const WrittenList& field) {
  std::vector<std::string> out;
  for (const ListItem& item : *field) out.push_back(item.text);
  return out;
}

std::string text_or_none(const WrittenText& field) { return field.has() ? *field : std::string(); }

GuestUser complete_user(const GuestUserSection& section) {
  GuestUser user;
  user.name = *section.name;
  user.ssh_authorized_keys = texts_of(section.ssh_authorized_keys);
  if (section.password.has())
    user.password = SecretSource{section.password->reference, section.password->version};
  user.sudo = *section.sudo;
  user.shell = text_or_none(section.shell);
  user.groups = texts_of(section.groups);
  return user;
}

std::optional<CloudInit> complete_cloud_init(const MachineScope& machine,
                                             const InputDigests& inputs) {
  const Profile& profile = machine.profile();
  const CloudInitSection& section = profile.cloud_init;
  if (!section.present) return std::nullopt;
  auto file = [&](const WrittenText& field) {
    return field.has() ? std::optional(input_of(field, inputs)) : std::nullopt;
  };
  CloudInit out;
  out.seed_path = machine.places->seed;
  out.hostname = section.hostname.has() ? *section.hostname : *profile.vm.name;
  out.timezone = text_or_none(section.timezone);
  out.locale = text_or_none(section.locale);
  out.packages = texts_of(section.packages);
  out.runcmd = texts_of(section.runcmd);
  for (const GuestUserSection& user : profile.guest_users) out.users.push_back(complete_user(user));
  for (const GuestFileSection& written : profile.guest_files)
    out.files.push_back({*written.path, *written.content, *written.permissions, *written.owner});
  out.configures_network = *section.network_config == "auto";
  out.user_data = file(section.user_data);
  out.meta_data = file(section.meta_data);
  out.network_config = file(section.network_config_file);
  return out;
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
  vm.schema_version = *profile.root.schema_version;
  vm.profile_hash = machine.file->profile_hash;
  vm.backend = *profile.vm.backend;
  vm.tags = sorted_texts(profile.vm.tags);
  vm.depends_on = sorted_texts(profile.vm.depends_on);
  vm.qemu_binary =
      profile.vm.qemu_binary.has() ? *profile.vm.qemu_binary : machine.guest->qemu_binary;
  complete_hardware(machine, vm);
  vm.uuid = derive_uuid(lab, vm.name);
  for (const DiskSection& disk : profile.disks) {
    if (is_share(disk)) {
      vm.shares.push_back(complete_share(disk));
    } else {
      vm.disks.push_back(complete_disk(disk, images));
    }
  }
  for (const InterfaceSection& card : profile.interfaces)
    vm.nics.push_back(complete_nic(card, machine));
  vm.serial = complete_serial(profile.serial, *machine.places);
  vm.qmp.enabled = *profile.qmp.enabled;
  if (vm.qmp.enabled) vm.qmp.socket = path_or(profile.qmp.socket, machine.places->qmp_socket);
  vm.console = {*profile.console.auto_attach, *profile.console.escape_sequence};
  vm.kernel = complete_kernel(profile.kernel, images, inputs);
  vm.cloud_init = complete_cloud_init(machine, inputs);
  if (!vm.kernel) vm.firmware = machine.guest->firmware;
  vm.firmware_vars = machine.places->firmware_vars;
  vm.lifecycle = complete_lifecycle(profile.lifecycle);
  vm.run_dir = machine.places->run_dir;
  vm.log_dir = machine.places->log_dir;
  return vm;
}

}  // namespace vmplan::model
