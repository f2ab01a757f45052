// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/link_state.h"

#include "compiler/base/text.h"

namespace vmplan::exec {

Result<LinkFinding> look_at_link(const LinkClaim& claim, const LabHost& host) {
  Result<std::optional<os::NetDevice>> found = host.find_net_device(claim.device);
  if (!found) return fail(std::move(found).error().with("looking at device " + claim.device));
  if (!*found)
    return LinkFinding{LinkState::Absent, fmt::format("there is no device `{}`", claim.device)};
  const os::NetDevice& device = **found;
  if (device.alias == claim.mark) {
    if (claim.bridge.empty() || device.bridge == claim.bridge)
      return LinkFinding{LinkState::Ours, ""};
    return LinkFinding{LinkState::Apart, fmt::format("device `{}` is not in bridge `{}`",
                                                     claim.device, claim.bridge)};
  }
  const bool untouched = device.alias.empty() && device.bridge.empty() && !device.is_up;
  return LinkFinding{
      untouched ? LinkState::Unmarked : LinkState::Foreign,
      fmt::format("device `{}` is there and does not carry the mark `{}`{}", claim.device,
                  claim.mark,
                  device.alias.empty() ? std::string()
                                       : fmt::format(", but `{}`", printable(device.alias)))};
}

std::optional<LinkClaim> link_of(const plan::CommandPlan& node) {
  for (const plan::Step& step : node.probe) {
    const std::vector<std::string>& argv = step.argv;
    if (!step.is_builtin() || argv.size() < 7 || argv[2] != "link" || argv[3] != "check") continue;
    return LinkClaim{argv[4], argv[5], argv[6], argv.size() > 7 ? argv[7] : ""};
  }
  return std::nullopt;
}

}  // namespace vmplan::exec
