// SPDX-License-Identifier: Apache-2.0
// No file is written by one thing and used by another.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/lexical_path.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

enum class Use : std::uint8_t { Input, ReadDisk, WriteDisk, ReadShare, WriteShare, Socket, Log };

/// One thing that uses a file.
struct Claim {
  std::string path;
  Use use;
  std::string what;
  Span span;
  /// Of an image; else empty.
  std::string name = {};
};

bool writes(Use use) { return use != Use::Input && use != Use::ReadDisk && use != Use::ReadShare; }
bool is_share(Use use) { return use == Use::ReadShare || use == Use::WriteShare; }
bool is_disk(Use use) { return use == Use::ReadDisk || use == Use::WriteDisk; }

class Claims {
 public:
  explicit Claims(const LabScope& lab) {
    if (lab.sources->lab_file)
      for (const ImageSection& image : lab.sources->lab_file->images)
        if (image.path.has() && !image.path->empty())
          claims_.push_back({normal_path(*image.path), Use::Input,
                             fmt::format("image `{}`", image.key), image.path.span, image.key});
    for (const MachineScope& vm : lab.machines) machine(vm);
  }
  const std::vector<Claim>& all() const { return claims_; }

 private:
  void machine(const MachineScope& vm) {
    const Profile& profile = vm.profile();
    for (std::size_t i = 0; i < profile.disks.size(); ++i) {
      const DiskSection& disk = profile.disks[i];
      if (is_share(disk)) {
        given(disk.path, is_on(disk.readonly) ? Use::ReadShare : Use::WriteShare,
              fmt::format("{} of machine {}", item_label("share", disk.name, i), vm.label));
        continue;
      }
      given(disk.path, is_on(disk.readonly) ? Use::ReadDisk : Use::WriteDisk,
            fmt::format("{} of machine {}", item_label("disk", disk.name, i), vm.label));
    }
    if (is_on(profile.kernel.enabled)) {
      given(profile.kernel.bzimage, Use::Input, fmt::format("the kernel of machine {}", vm.label));
      given(profile.kernel.initrd, Use::Input, fmt::format("the initrd of machine {}", vm.label));
    }
    for (const WrittenText* file : {&profile.cloud_init.user_data, &profile.cloud_init.meta_data,
                                    &profile.cloud_init.network_config_file})
      given(*file, Use::Input, fmt::format("the seed of machine {}", vm.label));
    if (is_on(profile.qmp.enabled))
      channel(profile.qmp.socket, vm.places ? vm.places->qmp_socket : "", Use::Socket,
              fmt::format("the QMP socket of machine {}", vm.label));
    serial(vm);
  }

  void serial(const MachineScope& vm) {
    const SerialSection& serial = vm.profile().serial;
    if (!is_on(serial.enabled) || !serial.mode.has()) return;
    std::string log = vm.places ? vm.places->serial_log : "";
    std::string what = fmt::format("the serial log of machine {}", vm.label);
    if (*serial.mode == "socket") {
      channel(serial.device, vm.places ? vm.places->serial_socket : "", Use::Socket,
              fmt::format("the serial socket of machine {}", vm.label));
      channel(serial.logfile, log, Use::Log, what);
    } else if (*serial.mode == "pty") {
      channel(serial.logfile, log, Use::Log, what);
    } else if (*serial.mode == "file") {
      channel(serial.device.has() ? serial.device : serial.logfile, log, Use::Log, what);
    }
  }

  void channel(const WrittenText& field, const std::string& derived, Use use, std::string what) {
    if (field.present) return given(field, use, std::move(what));
    if (!derived.empty()) claims_.push_back({derived, use, std::move(what), field.span});
  }

  void given(const WrittenText& field, Use use, std::string what) {
    if (field.has() && !field->empty())
      claims_.push_back({normal_path(*field), use, std::move(what), field.span});
  }

  std::vector<Claim> claims_;
};

void report(const Claim& first, const Claim& second, Diagnostics& diagnostics) {
  Code code = Code::SharedLogPath;
  std::string help = "give each its own file";
  if (first.use == Use::Socket || second.use == Use::Socket) {
    code = Code::SharedSocketPath;
    help = "give each its own path";
  } else if (is_disk(first.use) || is_disk(second.use)) {
    code = Code::SharedDiskPath;
    help = is_disk(first.use) && is_disk(second.use)
               ? "give each its own file, or write `readonly = true` at every disk that shares it"
               : "give the disk its own file";
    if (!first.name.empty())
      help = fmt::format(
          "give the disk its own file, and write `image = \"{}\"` to start from the image",
          first.name);
  }
  diagnostics.add({code,
                   fmt::format("`{}` is used twice", second.path),
                   fmt::format("used here for {}", second.what),
                   second.span,
                   {{fmt::format("also used for {}", first.what), first.span}},
                   help});
}

/// A guest that may write to a directory owns all that lies in it, links included.
void shares_hold_nothing(const std::map<std::string_view, std::vector<const Claim*>>& by_path,
                         Diagnostics& diagnostics) {
  for (const auto& [path, claims] : by_path) {
    auto share = std::find_if(claims.begin(), claims.end(),
                              [](const Claim* claim) { return is_share(claim->use); });
    if (share == claims.end()) continue;
    std::string below = fmt::format("{}/", path);
    for (auto other = by_path.lower_bound(below);
         other != by_path.end() && other->first.starts_with(below); ++other) {
      const Claim& inner = *other->second.front();
      if (is_share(inner.use)) continue;
      diagnostics.add({Code::PathReserved,
                       fmt::format("`{}` lies in a directory that a guest mounts", inner.path),
                       fmt::format("used here for {}", inner.what),
                       inner.span,
                       {{fmt::format("shared here: {}", (*share)->what), (*share)->span}},
                       "keep what machines are made of out of shared directories"});
    }
  }
}

}  // namespace

void shared_files(const LabScope& lab, Diagnostics& diagnostics) {
  Claims claims(lab);
  std::map<std::string_view, std::vector<const Claim*>> by_path;
  for (const Claim& claim : claims.all()) {
    std::vector<const Claim*>& earlier = by_path[claim.path];
    for (const Claim* other : earlier) {
      if (!writes(claim.use) && !writes(other->use)) continue;
      // Machines may share a directory, as computers do.
      if (is_share(claim.use) && is_share(other->use)) continue;
      report(*other, claim, diagnostics);
      break;
    }
    earlier.push_back(&claim);
  }
  shares_hold_nothing(by_path, diagnostics);
}

}  // namespace vmplan::model::rules
