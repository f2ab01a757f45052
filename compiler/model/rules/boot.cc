// SPDX-License-Identifier: Apache-2.0
// Rules on what a machine boots from.
#include <fmt/format.h>

#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

/// A kernel or an initrd is a file or an image.
void one_source(const WrittenText& file, const WrittenText& image, std::string_view file_key,
                std::string_view image_key, const MachineScope& vm, Diagnostics& diagnostics) {
  if (!file.present || !image.present) return;
  diagnostics.add({Code::KernelIncomplete,
                   fmt::format("machine {} has `{}` and `{}`", vm.label, file_key, image_key),
                   "an image",
                   image.span,
                   {{"and a file", file.span}},
                   "keep one of them"});
}

}  // namespace

void boot_disks(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenFlag* first = nullptr;
  for (const DiskSection& disk : vm.profile().disks) {
    if (!is_on(disk.boot)) continue;
    if (first == nullptr) {
      first = &disk.boot;
      continue;
    }
    diagnostics.add({Code::SeveralBootDisks,
                     fmt::format("machine {} has several boot disks", vm.label),
                     "a further boot disk",
                     disk.boot.span,
                     {{"the first one is here", first->span}},
                     "keep `boot = true` at one disk"});
  }
}

void boot_source(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  if (!profile.kernel.enabled.has() || *profile.kernel.enabled) return;
  bool unsure = !profile.disks.sound;
  for (const DiskSection& disk : profile.disks) {
    if (is_on(disk.boot)) return;
    unsure = unsure || !disk.boot.has();
  }
  if (unsure) return;
  bool has_disks = !profile.disks.empty();
  diagnostics.add({Code::NothingToBoot,
                   fmt::format("machine {} has nothing to boot from", vm.label),
                   has_disks ? "none of its disks has `boot = true`" : "no disk and no kernel",
                   has_disks ? profile.disks.front().span : profile.vm.span,
                   {},
                   has_disks ? "add `boot = true` to the disk that holds the system"
                             : "add a `[[storage.disks]]` with `boot = true`, or a `[kernel]`"});
}

void kernel_image(const MachineScope& vm, Diagnostics& diagnostics) {
  const KernelSection& kernel = vm.profile().kernel;
  check_path(kernel.bzimage, PathRole::KernelFile, "the kernel", policy_of(vm), diagnostics);
  check_path(kernel.initrd, PathRole::KernelFile, "the initrd", policy_of(vm), diagnostics);
  one_source(kernel.bzimage, kernel.image, "bzimage", "image", vm, diagnostics);
  one_source(kernel.initrd, kernel.initrd_image, "initrd", "initrd_image", vm, diagnostics);
  if (!is_on(kernel.enabled) || kernel.bzimage.present || kernel.image.present) return;
  diagnostics.add({Code::KernelIncomplete,
                   fmt::format("kernel boot of machine {} has no kernel", vm.label),
                   "enabled here, without `bzimage` or `image`",
                   kernel.enabled.span,
                   {},
                   "add `bzimage = \"PATH\"` or `image = \"NAME\"`, or write `enabled = false`"});
}

void kernel_serial(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  if (!is_on(profile.kernel.enabled)) return;
  const SerialSection& serial = profile.serial;
  bool silent = serial.mode.has() && *serial.mode == "none";
  if (!serial.enabled.has() || (*serial.enabled && !silent)) return;
  diagnostics.add({Code::KernelWithoutSerial,
                   fmt::format("messages of the kernel of machine {} go nowhere", vm.label),
                   "a kernel is booted, and there is no serial port",
                   profile.kernel.enabled.span,
                   {},
                   "add `[serial]` with `enabled = true` and `mode = \"socket\"`"});
}

}  // namespace vmplan::model::rules
