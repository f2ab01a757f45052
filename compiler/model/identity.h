// SPDX-License-Identifier: Apache-2.0
// Addresses and identifiers derived from names, so that they are the same on every build and differ
// between labs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/model/ipv4.h"
#include "compiler/model/lab.h"

namespace vmplan::model {

/// What sets one lab apart from others on the same network.
struct LabIdentity {
  std::string name;
  std::string instance;
};

/// 0x52, then the first five bytes of the SHA-256 of the canonical JSON
///     {"instance":I,"interface":N,"kind":"vmplan.mac/1","lab":L,"vm":V}
/// 0x52 makes it locally administered and unicast, and is the byte that QEMU users know; 40 bits
/// keep 10,000 cards of one lab apart.
MacAddress derive_mac(const LabIdentity& lab, std::string_view vm, std::string_view interface_name);

/// The first sixteen bytes of the SHA-256 of {"instance":I,"kind":"vmplan.uuid/1","lab":L,"vm":V},
/// with the version bits set to 8 and the variant bits to binary 10. Source: RFC 9562, section 5.8.
std::string derive_uuid(const LabIdentity& lab, std::string_view vm);

/// What a card's address is derived from: the first eight bytes, as a number, of the SHA-256 of
///     {"instance":I,"interface":N,"kind":"vmplan.address/1","lab":L,"vm":V}
/// modulo the number of addresses that machines of the subnet may have. It depends on no other
/// card, so that none ever moves it.
Ipv4Address derive_address(const LabIdentity& lab, std::string_view vm,
                           std::string_view interface_name, const Ipv4Subnet& subnet);

/// Name of the device that a node of the plan makes on the host: "vp" and the first 13 hex digits
/// of the SHA-256 of {"instance":I,"kind":"vmplan.device/1","lab":L,"node":ID}.
std::string derive_device_name(const LabIdentity& lab, std::string_view node_id);

/// Where the machines of a network of mode `socket` hear each other: an address of the block that
/// organisations use among themselves, and a port below those that Linux hands out by itself, out
/// of the SHA-256 of {"instance":I,"kind":"vmplan.socket/1","lab":L,"network":N}. As QEMU takes it:
/// "239.192.7.9:20480". Source: RFC 2365, section 6.2.
std::string derive_multicast_group(const LabIdentity& lab, std::string_view network);

/// Six pairs of hex digits with `:` between them, in either case.
std::optional<MacAddress> read_mac(std::string_view text);

/// True for group addresses, which no card may have.
constexpr bool is_multicast(const MacAddress& mac) { return (mac[0] & 0x01U) != 0; }

}  // namespace vmplan::model
