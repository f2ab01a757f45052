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
  if (is_share(disk) || (!disk.image.has() && !disk.size_gb.has())) return std::nullopt;
  if (disk.image.has() && disk.format.has() && *disk.format != "qcow2")
    return Obstacle{fmt::format("{} cannot be {} and start from an image", label, *disk.format),
                    fmt::format("vmplan makes overlays in qcow2 only"), disk.format.span,
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

DeviceLimits limits_of_machine(const MachineScope& vm) {
  const WrittenText& arch = vm.profile().hardware.arch;
  return limits_of(arch.has() ? *arch : std::string());
}

/// Disks and shares are counted apart, since their addresses are.
void too_many(const MachineScope& vm, bool shares, std::size_t most, std::string_view what,
              std::string help, Diagnostics& diagnostics) {
  std::vector<const DiskSection*> items;
  for (const DiskSection& disk : vm.profile().disks)
    if (is_share(disk) == shares) items.push_back(&disk);
  if (items.size() <= most) return;
  diagnostics.add({Code::TooManyDevices,
                   fmt::format("machine {} has {} {}s; at most {} are possible", vm.label,
                               items.size(), what, most),
                   fmt::format("{} {}", what, most + 1),
                   items[most]->span,
                   {},
                   std::move(help)});
}

/// What a directory cannot be or have.
void check_share(const DiskSection& disk, const std::string& label, Diagnostics& diagnostics) {
  auto bad = [&](std::string what, std::string detail, Span span, std::string help) {
    diagnostics.add({Code::BadShare,
                     fmt::format("{} {}", label, what),
                     std::move(detail),
                     span,
                     {{"it is a directory share here", disk.format.span}},
                     std::move(help)});
  };
  if (disk.boot.has() && *disk.boot)
    bad("cannot be booted from", "a directory is no block device", disk.boot.span,
        "remove `boot`, and boot from a disk or a `[kernel]`");
  if (disk.size_gb.present)
    bad("has no size", "a directory is as large as its files", disk.size_gb.span,
        "remove `size_gb`");
  if (disk.image.present)
    bad("cannot start from an image", "a directory is shared as it is", disk.image.span,
        "remove `image`");
  if (disk.name.has() && disk.name->size() > kLongestShareTag)
    bad("has a tag that is too long",
        fmt::format("{} bytes; at most {} are allowed", disk.name->size(), kLongestShareTag),
        disk.name.span, "shorten its name");
}

}  // namespace

void shares(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& disks = vm.profile().disks;
  for (std::size_t i = 0; i < disks.size(); ++i)
    if (is_share(disks[i]))
      check_share(disks[i], item_label("share", disks[i].name, i), diagnostics);
  too_many(vm, true, limits_of_machine(vm).shares, "share", "share one directory above them",
           diagnostics);
}

void disk_paths(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& disks = vm.profile().disks;
  for (std::size_t i = 0; i < disks.size(); ++i) {
    bool share = is_share(disks[i]);
    check_path(disks[i].path, share ? PathRole::SharedDirectory : PathRole::DiskFile,
               item_label(share ? "share" : "disk", disks[i].name, i), policy_of(vm), diagnostics);
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
  too_many(vm, false, limits_of_machine(vm).disks, "disk", "put the data on fewer, larger disks",
           diagnostics);
}

}  // namespace vmplan::model::rules
