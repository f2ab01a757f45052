// SPDX-License-Identifier: Apache-2.0
// Where a lab's own files lie and what it is called: known before any profile is looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/model/identity.h"
#include "compiler/model/model.h"

namespace vmplan::model {

struct LabFrame {
  bool single_file = false;
  /// "web" of "web.toml"; empty for a directory.
  std::string stem;
  LabIdentity identity;
  std::string state_dir;
  std::string lock_path;
  /// `[paths] allow` in normal form, without entries that are wrong.
  std::vector<std::string> allow;
  /// False when `[paths] allow` could not be read.
  bool knows_allow = true;
  /// vmplan's own files in normal form, sorted: lock, `vmplan.toml`, profiles.
  std::vector<std::string> reserved;
};

/// Nothing is reported: rules/lab.cc judges what is written.
LabFrame frame_of(const LabRequest& request, const LabSources& sources);

/// "web" of "web.toml".
std::string_view stem_of(std::string_view file_name);

/// Places of one machine, derived from its name.
struct MachinePlaces {
  std::string run_dir;
  std::string log_dir;
  std::string qmp_socket;
  std::string serial_socket;
  std::string serial_log;
  /// The supervisor's own monitor.
  std::string monitor;
  /// Variables of UEFI firmware.
  std::string firmware_vars;
  /// What cloud-init reads.
  std::string seed;
};

MachinePlaces places_of(const LabFrame& frame, std::string_view vm_name);

}  // namespace vmplan::model
