// SPDX-License-Identifier: Apache-2.0
// Whose a network device of the host is. The mark in its alias says it; a name proves nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "compiler/plan/command_plan.h"
#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

/// The words of `vmplan step link check`.
struct LinkClaim {
  std::string device;
  std::string mark;
  std::string node_id;
  /// The bridge that it must be in; empty: wherever.
  std::string bridge;
};

enum class LinkState : std::uint8_t {
  Absent,
  Ours,      ///< it carries the mark, and is where it should be
  Apart,     ///< it carries the mark, and is not in its bridge
  Unmarked,  ///< nobody has marked, switched on or used it
  Foreign    ///< anything else
};

struct LinkFinding {
  LinkState state = LinkState::Absent;
  /// For people; empty for Ours.
  std::string detail;
};

Result<LinkFinding> look_at_link(const LinkClaim& claim, const LabHost& host);

/// What the probe of a node claims; nullopt when it is no node of a device.
std::optional<LinkClaim> link_of(const plan::CommandPlan& node);

}  // namespace vmplan::exec
