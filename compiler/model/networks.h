// SPDX-License-Identifier: Apache-2.0
// Which network a card is on, and what that makes of it, as written. It reports nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/model/ipv4.h"
#include "compiler/model/lab_file.h"
#include "compiler/model/profile.h"

namespace vmplan::model {

/// The network that a card names; null when it names none, or one that is not declared.
const NetworkSection* network_of(const InterfaceSection& card, const LabFile* lab_file);

/// "user", "none", "socket", "bridge" or "tap": the card's type, or else the mode of its network.
/// Empty when it cannot be told.
std::string_view kind_of(const InterfaceSection& card, const LabFile* lab_file);

/// Of the card's network; nullopt when there is none, or none that can be read.
std::optional<Ipv4Subnet> subnet_of(const InterfaceSection& card, const LabFile* lab_file);

/// The bridge of the host that a card of kind bridge is put into, where it is somebody else's;
/// empty: vmplan makes it.
std::string_view given_bridge(const InterfaceSection& card, const LabFile* lab_file);

/// A tap of the host that a card names; empty: vmplan makes one.
std::string_view given_tap(const InterfaceSection& card, const LabFile* lab_file);

/// "net/lan"
std::string network_node_id(std::string_view network);
/// "tap/web/eth0"
std::string tap_node_id(std::string_view vm, std::string_view card);

}  // namespace vmplan::model
