// SPDX-License-Identifier: Apache-2.0
// Rules on the images that a machine names.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/text.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

/// What a lab declares; nullopt when that is not known.
std::optional<std::vector<std::string_view>> images_of(const MachineScope& vm) {
  std::vector<std::string_view> known;
  if (vm.lab_file == nullptr) return known;
  if (!vm.lab_file->readable || !vm.lab_file->images.sound) return std::nullopt;
  for (const ImageSection& image : vm.lab_file->images) known.push_back(image.key);
  return known;
}

void check_declared(const WrittenText& name, const std::vector<std::string_view>& known,
                    const MachineScope& vm, Diagnostics& diagnostics) {
  if (std::find(known.begin(), known.end(), *name) != known.end()) return;
  auto near = nearest(*name, known);
  std::string help = vm.frame->single_file
                         ? "images are declared in vmplan.toml, which a lab of one file has not: "
                           "move the profile to "
                           "`profiles/` of a directory"
                         : "add `[images.NAME]` with `path` and `format` to vmplan.toml";
  if (near) {
    help = fmt::format("did you mean `{}`?", *near);
  } else if (!known.empty()) {
    help = fmt::format("use one of `{}`, or add an `[images.NAME]` to vmplan.toml",
                       join(known, "`, `"));
  }
  diagnostics.add({Code::UnknownImage,
                   fmt::format("image `{}` is not declared", *name),
                   known.empty() ? "the lab declares no images" : "no such image in vmplan.toml",
                   name.span,
                   {},
                   help});
}

/// What is booted is read as it is.
void check_raw(const WrittenText& name, const MachineScope& vm, Diagnostics& diagnostics) {
  if (vm.lab_file == nullptr) return;
  for (const ImageSection& image : vm.lab_file->images)
    if (image.key == *name && image.format.has() && *image.format != "raw")
      diagnostics.add({Code::KernelIncomplete,
                       fmt::format("machine {} cannot boot image `{}`", vm.label, *name),
                       "not a raw image",
                       name.span,
                       {{"its format is here", image.format.span}},
                       "write `format = \"raw\"` if it holds a kernel or an initrd"});
}

}  // namespace

void disk_images(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto known = images_of(vm);
  if (!known) return;
  for (const DiskSection& disk : vm.profile().disks) {
    const bool is_share = disk.format.has() && *disk.format == "host-path";
    if (disk.image.has() && !is_share) check_declared(disk.image, *known, vm, diagnostics);
  }
}

void kernel_images(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto known = images_of(vm);
  if (!known) return;
  const KernelSection& kernel = vm.profile().kernel;
  for (const WrittenText* name : {&kernel.image, &kernel.initrd_image}) {
    if (!name->has()) continue;
    check_declared(*name, *known, vm, diagnostics);
    check_raw(*name, vm, diagnostics);
  }
}

}  // namespace vmplan::model::rules
