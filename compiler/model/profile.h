// SPDX-License-Identifier: Apache-2.0
// The profile of one machine as its file gives it: written values with their places. What each
// field means, its default and its range stand in fields/; nothing is resolved here.
#pragma once

#include "compiler/model/written.h"

namespace vmplan::model {

/// Keys outside any table.
struct RootSection : Section {
  WrittenInteger schema_version;
};

/// `[vm]`
struct VmSection : Section {
  WrittenText name;
  WrittenText description;
  WrittenText qemu_binary;
  WrittenText backend;
  WrittenText target;
  WrittenText extends;
  WrittenList tags;
  WrittenList depends_on;
};

/// `[hardware]`
struct HardwareSection : Section {
  WrittenText arch;
  WrittenText cpu;
  WrittenInteger cores;
  WrittenInteger memory_mb;
  WrittenText acceleration;
  WrittenInteger sockets;
  WrittenInteger threads;
  WrittenText machine;
  WrittenList cpu_flags;
  WrittenText hugepages;
  WrittenFlag balloon;
  WrittenFlag rng;
};

/// `[[hardware.numa]]`
struct NumaSection : Section {
  WrittenInteger cores;
  WrittenInteger memory_mb;
};

/// `[[storage.disks]]`
struct DiskSection : Section {
  WrittenText name;
  WrittenText path;
  WrittenText format;
  WrittenInteger size_gb;
  WrittenFlag boot;
  WrittenFlag readonly;
  WrittenText image;
};

/// A directory that the guest mounts, and no block device.
inline bool is_share(const DiskSection& disk) {
  return disk.format.has() && *disk.format == "host-path";
}

/// `[[network.interfaces]]`
struct InterfaceSection : Section {
  WrittenText name;
  WrittenText type;
  WrittenList hostfwd;
  WrittenText mac;
  WrittenText network;
  WrittenText device;
  WrittenText address;
};

/// `[serial]`
struct SerialSection : Section {
  WrittenFlag enabled;
  WrittenText mode;
  WrittenText device;
  WrittenText logfile;
};

/// `[qmp]`
struct QmpSection : Section {
  WrittenFlag enabled;
  WrittenText socket;
};

/// `[console]`
struct ConsoleSection : Section {
  WrittenFlag auto_attach;
  WrittenText escape_sequence;
};

/// `[kernel]`
struct KernelSection : Section {
  WrittenFlag enabled;
  WrittenText bzimage;
  WrittenText image;
  WrittenText initrd;
  WrittenText initrd_image;
  WrittenText append;
};

/// `[lifecycle]`
struct LifecycleSection : Section {
  WrittenInteger boot_timeout_seconds;
  WrittenInteger stop_timeout_seconds;
  WrittenInteger quit_timeout_seconds;
  WrittenInteger term_timeout_seconds;
  WrittenFlag force_kill;
  WrittenFlag prevent_destroy;
  WrittenText on_change;
  WrittenText wait;
};

/// `[cloud_init]`
struct CloudInitSection : Section {
  WrittenText hostname;
  WrittenText timezone;
  WrittenText locale;
  WrittenList packages;
  WrittenList runcmd;
  WrittenText network_config;
  WrittenText user_data;
  WrittenText meta_data;
  WrittenText network_config_file;
};

/// `[[cloud_init.users]]`
struct GuestUserSection : Section {
  WrittenText name;
  WrittenList ssh_authorized_keys;
  WrittenSecret password;
  WrittenText sudo;
  WrittenText shell;
  WrittenList groups;
};

/// `[[cloud_init.write_files]]`
struct GuestFileSection : Section {
  WrittenText path;
  WrittenText content;
  WrittenText permissions;
  WrittenText owner;
};

/// `[instances]`
struct InstancesSection : Section {
  WrittenInteger count;
  WrittenList for_each;
};

struct Profile {
  RootSection root;
  VmSection vm;
  HardwareSection hardware;
  SectionList<NumaSection> numa;
  SectionList<DiskSection> disks;
  SectionList<InterfaceSection> interfaces;
  SerialSection serial;
  QmpSection qmp;
  ConsoleSection console;
  KernelSection kernel;
  LifecycleSection lifecycle;
  CloudInitSection cloud_init;
  SectionList<GuestUserSection> guest_users;
  SectionList<GuestFileSection> guest_files;
  InstancesSection instances;
};

}  // namespace vmplan::model
