// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/device_words.h"

#include <fmt/format.h>

#include "compiler/lower/qemu/address.h"
#include "compiler/lower/qemu/option_list.h"
#include "compiler/model/hostfwd.h"

namespace vmplan::lower::qemu {
namespace {

void append_port(Argv& argv, const Address& address) {
  if (address.has_port) append_json(argv, "-device", address.root_port());
}

/// Port and device. `device` says all but where.
void append_device(Argv& argv, const Address& address, Json device) {
  append_port(argv, address);
  device["addr"] = address.addr();
  device["bus"] = address.bus();
  append_json(argv, "-device", device);
}

/// A path that can only be that of a file. Even under the driver `file`, QEMU takes `x:` before the
/// first slash for a protocol, when it looks for the base of an overlay. Source: QEMU 7.2 block.c,
/// path_combine.
std::string file_name(const std::string& path) {
  bool looks_remote = path.find(':') < path.find('/');
  return looks_remote ? "./" + path : path;
}

/// File node, format node, device: back ends first, front end last.
void append_disk(Argv& argv, const std::string& arch, const model::Disk& disk, std::size_t index) {
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
  Json device = json_object(
      {{"drive", format_node}, {"driver", "virtio-blk-pci"}, {"id", "disk-" + disk.name}});
  if (disk.boot) device["bootindex"] = 1;
  append_device(argv, address_of(arch, DeviceClass::Disk, index), std::move(device));
}

/// `mapped-xattr` keeps what guests call owners and modes beside the files, so that a guest gains
/// no right on the host; `multidevs` keeps inode numbers apart when the directory spans devices.
void append_share(Argv& argv, const std::string& arch, const model::Share& share,
                  std::size_t index) {
  std::string id = fmt::format("share{}", index);
  OptionList backend("local");
  backend.add("id", id).add("path", share.path).add("security_model", "mapped-xattr");
  backend.add("multidevs", "remap");
  if (share.readonly) backend.add("readonly", "on");
  append(argv, "-fsdev", backend.text());
  append_device(argv, address_of(arch, DeviceClass::Share, index),
                json_object({{"driver", "virtio-9p-pci"},
                             {"fsdev", id},
                             {"id", "share-" + share.name},
                             {"mount_tag", share.name}}));
}

/// What is at the other end of a card's cable.
Json netdev_of(const model::Nic& nic, std::string_view id) {
  switch (nic.kind) {
    case model::NicKind::None:
      break;
    case model::NicKind::User: {
      Json backend = json_object({{"id", id}, {"type", "user"}});
      if (nic.forwards.empty()) return backend;
      JsonArray forwards;
      for (const model::HostForward& forward : nic.forwards)
        forwards.push_back(json_object({{"str", model::to_text(forward)}}));
      backend["hostfwd"] = std::move(forwards);
      return backend;
    }
    case model::NicKind::Socket:
      // Sent and heard on the loopback alone: nothing leaves the host.
      return json_object({{"id", id},
                          {"localaddr", "127.0.0.1"},
                          {"mcast", nic.multicast_group},
                          {"type", "socket"}});
    case model::NicKind::Tap:
      // QEMU opens the tap and configures nothing: it may start no program.
      return json_object({{"downscript", "no"},
                          {"id", id},
                          {"ifname", nic.tap.name},
                          {"script", "no"},
                          {"type", "tap"}});
  }
  return Json();
}

void append_nic(Argv& argv, const std::string& arch, const model::Nic& nic, std::size_t index) {
  Address address = address_of(arch, DeviceClass::Nic, index);
  // The port keeps the slot's first function in place for the others.
  if (nic.kind == model::NicKind::None) return append_port(argv, address);
  std::string netdev = fmt::format("net{}", index);
  append_json(argv, "-netdev", netdev_of(nic, netdev));
  append_device(argv, address,
                json_object({{"driver", "virtio-net-pci"},
                             {"id", "nic-" + nic.name},
                             {"mac", model::to_text(nic.mac)},
                             {"netdev", netdev}}));
}

}  // namespace

void append_disks(Argv& argv, const model::Vm& vm) {
  for (std::size_t i = 0; i < vm.disks.size(); ++i) append_disk(argv, vm.arch, vm.disks[i], i);
}

void append_seed(Argv& argv, const model::Vm& vm) {
  if (!vm.cloud_init) return;
  append_json(argv, "-blockdev",
              json_object({{"driver", "file"},
                           {"filename", file_name(vm.cloud_init->seed_path)},
                           {"node-name", "seed0-file"},
                           {"read-only", true}}));
  append_json(argv, "-blockdev",
              json_object({{"driver", "raw"},
                           {"file", "seed0-file"},
                           {"node-name", "seed0"},
                           {"read-only", true}}));
  append_device(argv, address_of(vm.arch, DeviceClass::Seed),
                json_object({{"drive", "seed0"}, {"driver", "virtio-blk-pci"}, {"id", "seed0"}}));
}

void append_shares(Argv& argv, const model::Vm& vm) {
  for (std::size_t i = 0; i < vm.shares.size(); ++i) append_share(argv, vm.arch, vm.shares[i], i);
}

void append_nics(Argv& argv, const model::Vm& vm) {
  for (std::size_t i = 0; i < vm.nics.size(); ++i) append_nic(argv, vm.arch, vm.nics[i], i);
}

void append_other_devices(Argv& argv, const model::Vm& vm) {
  Address balloon = address_of(vm.arch, DeviceClass::Balloon);
  if (vm.balloon) {
    append_device(argv, balloon,
                  json_object({{"driver", "virtio-balloon-pci"}, {"id", "balloon0"}}));
  } else if (vm.rng) {
    append_port(argv, balloon);  // function 0 of the slot, without which a guest sees no other
  }
  if (!vm.rng) return;
  append_json(
      argv, "-object",
      json_object({{"filename", "/dev/urandom"}, {"id", "rng0"}, {"qom-type", "rng-random"}}));
  append_device(argv, address_of(vm.arch, DeviceClass::Rng),
                json_object({{"driver", "virtio-rng-pci"}, {"id", "rng-0"}, {"rng", "rng0"}}));
}

}  // namespace vmplan::lower::qemu
