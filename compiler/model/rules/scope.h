// SPDX-License-Identifier: Apache-2.0
// What a rule may look at. Rules read it and add to Diagnostics; they change nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/model/lab_frame.h"
#include "compiler/model/path_rules.h"

namespace vmplan::model {

/// One machine, as written, in its lab.
struct MachineScope {
  const ProfileFile* file = nullptr;
  const LabFrame* frame = nullptr;
  /// Null when the lab's platform is not known.
  const Platform* platform = nullptr;
  const LabFile* lab_file = nullptr;
  /// What the platform runs the machine with; null when it is not known or runs no such guests.
  const GuestMachine* guest = nullptr;
  /// "`web`", or the file where the name is wrong.
  std::string label;
  /// nullopt when the name is wrong.
  std::optional<MachinePlaces> places;
  /// nullopt when it cannot be told.
  std::optional<Acceleration> acceleration;

  const Profile& profile() const { return file->profile; }
};

/// The whole lab, as written.
struct LabScope {
  const LabRequest* request = nullptr;
  const LabSources* sources = nullptr;
  const LabFrame* frame = nullptr;
  const Platform* platform = nullptr;
  /// One for each readable profile, in the order of their paths.
  std::vector<MachineScope> machines;
};

/// "disk `root`"; without its name where that is wrong: "disk 2".
std::string item_label(std::string_view what, const WrittenText& name, std::size_t index);

}  // namespace vmplan::model
