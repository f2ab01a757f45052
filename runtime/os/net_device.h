// SPDX-License-Identifier: Apache-2.0
// Network devices of the host, and the right to configure them. Read-only: `ip` is what changes
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

struct NetDevice {
  /// Free text that whoever made the device may have left on it; empty: none.
  std::string alias;
  /// The device that it is a port of (its `master`); empty: none.
  std::string bridge;
  /// It is switched on.
  bool is_up = false;
};

/// nullopt: there is none of that name. Errors: Io, and Denied for what is no name.
/// Source: Linux, Documentation/ABI/testing/sysfs-class-net.
Result<std::optional<NetDevice>> find_net_device(const std::string& name);

/// Whether a program that this process starts may configure the network (CAP_NET_ADMIN).
bool may_configure_network();
/// The same, out of the text of /proc/PID/status: what a program gets that brings no rights of its
/// own. Source: capabilities(7), "Transformation of capabilities during execve()".
bool passes_network_rights(std::string_view status);

}  // namespace vmplan::os
