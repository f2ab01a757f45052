// SPDX-License-Identifier: Apache-2.0
// IPv4 addresses and subnets as numbers. It knows no network of a lab.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

/// Most significant byte first: 10.0.0.1 is 0x0A000001.
using Ipv4Address = std::uint32_t;

struct Ipv4Subnet {
  Ipv4Address network = 0;
  int prefix_length = 0;

  Ipv4Address last() const { return network | (~Ipv4Address{0} >> prefix_length); }
  /// How many addresses machines may have: all but the first, which names the subnet, and the last,
  /// which is for broadcasts.
  std::uint32_t host_count() const { return last() - network - 1; }
  bool is_host(Ipv4Address address) const { return address > network && address < last(); }
};

/// Four decimal numbers from 0 to 255, without leading zeros.
std::optional<Ipv4Address> read_ipv4(std::string_view text);
std::string ipv4_text(Ipv4Address address);

inline constexpr int kShortestPrefix = 8;
/// Leaves two addresses for machines.
inline constexpr int kLongestPrefix = 30;

/// "10.20.0.0/24". `fault` says why a text is none.
struct SubnetReading {
  std::optional<Ipv4Subnet> subnet;
  std::string fault;
};
SubnetReading read_subnet(std::string_view text);

}  // namespace vmplan::model
