// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/ipv4.h"

#include <fmt/format.h>

#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

/// A decimal number without sign or leading zeros, at most 255.
std::optional<unsigned> read_byte(std::string_view text) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  unsigned number = 0;
  for (char c : text) {
    if (!is_ascii_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  if (number > 255) return std::nullopt;
  return number;
}

}  // namespace

std::optional<Ipv4Address> read_ipv4(std::string_view text) {
  auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  Ipv4Address address = 0;
  for (std::string_view part : parts) {
    auto byte = read_byte(part);
    if (!byte) return std::nullopt;
    address = address << 8U | *byte;
  }
  return address;
}

std::string ipv4_text(Ipv4Address address) {
  return fmt::format("{}.{}.{}.{}", address >> 24U, address >> 16U & 0xFFU, address >> 8U & 0xFFU,
                     address & 0xFFU);
}

SubnetReading read_subnet(std::string_view text) {
  SubnetReading out;
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    out.fault = "there is no `/` and length of the prefix";
    return out;
  }
  auto network = read_ipv4(text.substr(0, slash));
  auto length = read_byte(text.substr(slash + 1));
  if (!network) {
    out.fault = fmt::format("`{}` is no IPv4 address", text.substr(0, slash));
    return out;
  }
  if (!length || *length < kShortestPrefix || *length > kLongestPrefix) {
    out.fault = fmt::format("the prefix must have {} to {} bits", kShortestPrefix, kLongestPrefix);
    return out;
  }
  Ipv4Subnet subnet{*network, static_cast<int>(*length)};
  Ipv4Address first = *network & ~(~Ipv4Address{0} >> *length);
  if (first != *network) {
    out.fault = fmt::format("the subnet begins with {}", ipv4_text(first));
    return out;
  }
  out.subnet = subnet;
  return out;
}

}  // namespace vmplan::model
