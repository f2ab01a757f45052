// SPDX-License-Identifier: Apache-2.0
// Rules on disks.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/model/limits.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

struct Obstacle {
  std::string summary;
  std::string detail;
  Span span;
  std::string help;
};

/// Why vmplan cannot make this disk, although the profile asks for it.
std::optional<Obstacle> obstacle(const DiskSection& disk, const std::string& label,
                                 const PathPolicy& policy) {
  if (!disk.image.has() && !disk.size_gb.has()) return std::nullopt;
  if (disk.image.has() && disk.format.has() && *disk.format == "raw")
    return Obstacle{fmt::format("{} cannot be raw and start from an image", label),
                    "a raw file cannot refer to an image", disk.format.span,
                    "use `format = \"qcow2\"`"};
  if (disk.readonly.has() && *disk.readonly)
    return Obstacle{fmt::format("{} is read-only and would be made anew", label),
                    "nothing could ever be written to it", disk.readonly.span,
                    disk.image.has()
                        ? "remove `image`, and let `path` name the file that the guest shall read"
                        : "remove `size_gb`, and let `path` name a file that exists"};
  if (disk.path.has() && !is_beneath(normal_path(*disk.path)) &&
      !path_fault(*disk.path, PathRole::DiskFile, policy))
    return Obstacle{
        fmt::format("{} would be made outside the lab", label),
        "vmplan makes disks inside the lab only", disk.path.span,
        "choose a path inside the lab, or make the file yourself and remove `size_gb` and `image`"};
  return std::nullopt;
}

}  // namespace

void disk_paths(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& disks = vm.profile().disks;
  for (std::size_t i = 0; i < disks.size(); ++i)
    check_path(disks[i].path, PathRole::DiskFile, item_label("disk", disks[i].name, i),
               policy_of(vm), diagnostics);
}

void disk_images(const MachineScope& vm, Diagnostics& diagnostics) {
  std::vector<std::string_view> known;
  if (vm.lab_file != nullptr) {
    if (!vm.lab_file->readable || !vm.lab_file->images.sound) return;  // its images are not known
    for (const ImageSection& image : vm.lab_file->images) known.push_back(image.key);
  }
  for (const DiskSection& disk : vm.profile().disks) {
    if (!disk.image.has()) continue;
    if (std::find(known.begin(), known.end(), *disk.image) != known.end()) continue;
    auto near = nearest(*disk.image, known);
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
                     fmt::format("image `{}` is not declared", *disk.image),
                     known.empty() ? "the lab declares no images" : "no such image in vmplan.toml",
                     disk.image.span,
                     {},
                     help});
  }
}

void makeable_disks(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& disks = vm.profile().disks;
  for (std::size_t i = 0; i < disks.size(); ++i)
    if (auto found = obstacle(disks[i], item_label("disk", disks[i].name, i), policy_of(vm)))
      diagnostics.add(
          {Code::DiskCannotBeMade, found->summary, found->detail, found->span, {}, found->help});
}

void disk_count(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& disks = vm.profile().disks;
  if (disks.size() <= kMostDisks) return;
  diagnostics.add({Code::TooManyDevices,
                   fmt::format("machine {} has {} disks; at most {} are possible", vm.label,
                               disks.size(), kMostDisks),
                   fmt::format("disk {}", kMostDisks + 1),
                   disks[kMostDisks].span,
                   {},
                   "put the data on fewer, larger disks"});
}

}  // namespace vmplan::model::rules
