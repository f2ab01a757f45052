// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

constexpr std::uint8_t kMacPrefix = 0x52;

std::optional<unsigned> hex_digit(char c) {
  if (is_ascii_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

}  // namespace

MacAddress derive_mac(const LabIdentity& lab, std::string_view vm,
                      std::string_view interface_name) {
  Digest digest = sha256(canonical(json_object({{"instance", lab.instance},
                                                {"interface", interface_name},
                                                {"kind", "vmplan.mac/1"},
                                                {"lab", lab.name},
                                                {"vm", vm}})));
  MacAddress mac{kMacPrefix};
  std::copy_n(digest.bytes().begin(), mac.size() - 1, mac.begin() + 1);
  return mac;
}

std::string derive_uuid(const LabIdentity& lab, std::string_view vm) {
  Digest digest = sha256(canonical(json_object(
      {{"instance", lab.instance}, {"kind", "vmplan.uuid/1"}, {"lab", lab.name}, {"vm", vm}})));
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    unsigned byte = digest.bytes()[i];
    if (i == 6) byte = (byte & 0x0FU) | 0x80U;
    if (i == 8) byte = (byte & 0x3FU) | 0x80U;
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    fmt::format_to(std::back_inserter(out), "{:02x}", byte);
  }
  return out;
}

Ipv4Address derive_address(const LabIdentity& lab, std::string_view vm,
                           std::string_view interface_name, const Ipv4Subnet& subnet) {
  Digest digest = sha256(canonical(json_object({{"instance", lab.instance},
                                                {"interface", interface_name},
                                                {"kind", "vmplan.address/1"},
                                                {"lab", lab.name},
                                                {"vm", vm}})));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | digest.bytes()[i];
  return subnet.network + 1 + static_cast<Ipv4Address>(number % subnet.host_count());
}

std::string derive_device_name(const LabIdentity& lab, std::string_view node_id) {
  Digest digest = sha256(canonical(json_object({{"instance", lab.instance},
                                                {"kind", "vmplan.device/1"},
                                                {"lab", lab.name},
                                                {"node", node_id}})));
  return "vp" + digest.hex().substr(0, 13);
}

std::string derive_multicast_group(const LabIdentity& lab, std::string_view network) {
  Digest digest = sha256(canonical(json_object({{"instance", lab.instance},
                                                {"kind", "vmplan.socket/1"},
                                                {"lab", lab.name},
                                                {"network", network}})));
  const auto& bytes = digest.bytes();
  // 239.192.0.0/14, and 12288 ports from 20480 on.
  const unsigned second = 192U + (bytes[0] & 0x03U);
  const unsigned port = 20480U + (bytes[3] * 256U + bytes[4]) % 12288U;
  return fmt::format("239.{}.{}.{}:{}", second, bytes[1], bytes[2], port);
}

std::optional<MacAddress> read_mac(std::string_view text) {
  auto pairs = split(text, ':');
  MacAddress mac{};
  if (pairs.size() != mac.size()) return std::nullopt;
  for (std::size_t i = 0; i < mac.size(); ++i) {
    if (pairs[i].size() != 2) return std::nullopt;
    auto high = hex_digit(pairs[i][0]);
    auto low = hex_digit(pairs[i][1]);
    if (!high || !low) return std::nullopt;
    mac[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return mac;
}

}  // namespace vmplan::model
