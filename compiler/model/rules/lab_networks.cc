// SPDX-License-Identifier: Apache-2.0
// Rules on the networks that the lab's own file declares.
#include <fmt/format.h>

#include <map>

#include "compiler/base/text.h"
#include "compiler/model/ipv4.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {

void network_names(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  std::map<std::string, const NetworkSection*> seen;
  for (const NetworkSection& network : lab.sources->lab_file->networks) {
    if (auto fault = name_fault(network.key)) {
      diagnostics.add({Code::BadName,
                       fmt::format("`{}` is no name of a network", network.key),
                       *fault,
                       network.key_span,
                       {},
                       "use letters, digits, `-` and `_`, a letter or digit first"});
      continue;
    }
    auto [first, fresh] = seen.emplace(ascii_lower(network.key), &network);
    if (!fresh)
      diagnostics.add({Code::DuplicateItem,
                       fmt::format("networks `{}` and `{}` differ in case only", first->second->key,
                                   network.key),
                       "the same name, but for capitals",
                       network.key_span,
                       {{"the other one is here", first->second->key_span}},
                       "rename one of them"});
  }
}

void network_devices(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  for (const NetworkSection& network : lab.sources->lab_file->networks) {
    if (!network.device.has()) continue;
    if (network.mode.has() && *network.mode != "bridge") {
      diagnostics.add({Code::BadDevice,
                       fmt::format("network `{}` names a device, and is no bridge", network.key),
                       fmt::format("nothing of mode `{}` would use it", *network.mode),
                       network.device.span,
                       {},
                       *network.mode == "tap"
                           ? "remove it, and name taps as `device` of the interfaces"
                           : "remove it, or write `mode = \"bridge\"`"});
    } else if (auto fault = device_name_fault(*network.device)) {
      diagnostics.add({Code::BadDevice,
                       fmt::format("`{}` is no name of a bridge", *network.device),
                       *fault,
                       network.device.span,
                       {},
                       "write the name that `ip link` shows, or remove it to have a bridge made"});
    }
  }
}

void network_subnets(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  for (const NetworkSection& network : lab.sources->lab_file->networks) {
    if (!network.subnet.has()) continue;
    if (network.mode.has() && *network.mode == "user") {
      diagnostics.add({Code::BadSubnet,
                       fmt::format("network `{}` has a subnet, and is of mode `user`", network.key),
                       "its machines do not see each other, and QEMU gives each an address",
                       network.subnet.span,
                       {},
                       "remove it, or write another `mode`"});
      continue;
    }
    SubnetReading reading = read_subnet(*network.subnet);
    if (!reading.subnet)
      diagnostics.add({Code::BadSubnet,
                       fmt::format("`{}` is no subnet", *network.subnet),
                       reading.fault,
                       network.subnet.span,
                       {},
                       "write the first address and the length of the prefix, for example "
                       "`10.20.0.0/16`"});
  }
}

}  // namespace vmplan::model::rules
