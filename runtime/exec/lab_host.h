// SPDX-License-Identifier: Apache-2.0
// The world as the executor sees it: one reference per interface, passed down and never fetched.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/cancel.h"
#include "runtime/os/clock.h"
#include "runtime/os/download.h"
#include "runtime/os/fetch_secret.h"
#include "runtime/os/file_system.h"
#include "runtime/os/net_device.h"
#include "runtime/os/process.h"
#include "runtime/vm/machine.h"

namespace vmplan::exec {

struct LabHost {
  os::FileSystem& files;
  os::ProcessRunner& processes;
  vm::Machines& machines;
  os::Clock& clock;
  const os::Cancel& cancel;
  /// Absolute path of the lab root.
  std::string root;
  /// Lab-relative.
  std::string state_dir = ".vmplan";
  /// How a program name becomes an absolute path.
  std::function<Result<std::string>(const std::string&)> find_program = os::find_program;
  /// How a reference to a secret becomes its value, for a lab at the root that is given.
  std::function<Result<os::SecretText>(std::string_view, const std::string&)> fetch_secret =
      os::fetch_secret;
  /// How a file is fetched from a server.
  std::function<Status(const os::Download&, const os::Cancel&)> download = os::download;
  /// How a network device of the host is looked at.
  std::function<Result<std::optional<os::NetDevice>>(const std::string&)> find_net_device =
      os::find_net_device;
  /// Whether steps may configure the network.
  std::function<bool()> may_configure_network = os::may_configure_network;
};

}  // namespace vmplan::exec
