// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/lab_frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/base/run_directory_names.h"
#include "compiler/model/path_rules.h"

namespace vmplan::model {

std::string_view stem_of(std::string_view file_name) {
  constexpr std::string_view kEnding = ".toml";
  if (file_name.ends_with(kEnding)) file_name.remove_suffix(kEnding.size());
  return file_name;
}

LabFrame frame_of(const LabRequest& request, const LabSources& sources) {
  LabFrame frame;
  frame.single_file = request.single_file;
  frame.identity.name = "lab";
  frame.state_dir = ".vmplan";
  frame.lock_path = "vmplan.lock";
  if (request.single_file) {
    frame.stem = std::string(stem_of(request.path));
    frame.identity.name = frame.stem;
    frame.state_dir = fmt::format(".vmplan/{}", frame.identity.name);
    frame.lock_path = fmt::format("{}.vmplan.lock", frame.identity.name);
  } else {
    frame.reserved.emplace_back(kLabFile);
  }
  if (sources.lab_file) {
    const LabFile& file = *sources.lab_file;
    if (file.lab.name.has()) frame.identity.name = *file.lab.name;
    if (file.lab.instance.has()) frame.identity.instance = *file.lab.instance;
    frame.knows_allow = file.readable && !file.paths.allow.is_invalid();
    if (file.paths.allow.has())
      for (const ListItem& item : *file.paths.allow)
        if (!allow_fault(item.text)) frame.allow.push_back(normal_path(item.text));
  }
  frame.reserved.push_back(frame.lock_path);
  for (const ProfileFile& profile : sources.profiles)
    frame.reserved.push_back(normal_path(profile.path));
  frame.reserved.insert(frame.reserved.end(), sources.templates.begin(), sources.templates.end());
  std::sort(frame.reserved.begin(), frame.reserved.end());
  // A profile of many machines is there once for each.
  frame.reserved.erase(std::unique(frame.reserved.begin(), frame.reserved.end()),
                       frame.reserved.end());
  return frame;
}

MachinePlaces places_of(const LabFrame& frame, std::string_view vm_name) {
  MachinePlaces places;
  places.run_dir = fmt::format("{}/run/{}", frame.state_dir, vm_name);
  // Labs of one file may lie side by side, with machines of one name.
  places.log_dir = frame.single_file && frame.stem != vm_name
                       ? fmt::format("logs/{}/{}", frame.stem, vm_name)
                       : fmt::format("logs/{}", vm_name);
  places.qmp_socket = places.run_dir + "/qmp.sock";
  places.serial_socket = places.run_dir + "/serial.sock";
  places.serial_log = places.log_dir + "/serial.log";
  places.monitor = fmt::format("{}/{}", places.run_dir, kShimMonitor);
  places.firmware_vars = fmt::format("{}/firmware/{}.fd", frame.state_dir, vm_name);
  places.seed = fmt::format("{}/seed/{}.iso", frame.state_dir, vm_name);
  return places;
}

}  // namespace vmplan::model
