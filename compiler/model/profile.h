// SPDX-License-Identifier: Apache-2.0
// The profile of one machine as its file gives it: written values with their places. What each
// field means, its default and its range stand in profile_fields.cc; nothing is resolved here.
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
};

/// `[hardware]`
struct HardwareSection : Section {
  WrittenText arch;
  WrittenText cpu;
  WrittenInteger cores;
  WrittenInteger memory_mb;
  WrittenText acceleration;
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

/// `[[network.interfaces]]`
struct InterfaceSection : Section {
  WrittenText name;
  WrittenText type;
  WrittenList hostfwd;
  WrittenText mac;
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

/// `[kernel]`
struct KernelSection : Section {
  WrittenFlag enabled;
  WrittenText bzimage;
  WrittenText initrd;
  WrittenText append;
};

/// `[lifecycle]`
struct LifecycleSection : Section {
  WrittenInteger boot_timeout_seconds;
  WrittenInteger stop_timeout_seconds;
  WrittenInteger quit_timeout_seconds;
  WrittenInteger term_timeout_seconds;
  WrittenFlag force_kill;
};

struct Profile {
  RootSection root;
  VmSection vm;
  HardwareSection hardware;
  SectionList<DiskSection> disks;
  SectionList<InterfaceSection> interfaces;
  SerialSection serial;
  QmpSection qmp;
  KernelSection kernel;
  LifecycleSection lifecycle;
};

}  // namespace vmplan::model
