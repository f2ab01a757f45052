// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/hostfwd.h"

#include <fmt/format.h>

#include "compiler/base/text.h"
#include "compiler/base/url.h"
#include "compiler/model/ipv4.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kLoopback = "127.0.0.1";
constexpr std::string_view kAnyAddress = "0.0.0.0";

struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
};

/// "[ADDRESS]:PORT"; on failure `fault` says why.
std::optional<Endpoint> read_endpoint(std::string_view text, std::string_view side,
                                      std::string& fault) {
  std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    fault = fmt::format("the {} part `{}` has no `:` before its port", side, text);
    return std::nullopt;
  }
  std::string_view address = text.substr(0, colon);
  std::string_view port = text.substr(colon + 1);
  if (!address.empty() && !read_ipv4(address)) {
    fault = fmt::format("`{}` is no IPv4 address", address);
    return std::nullopt;
  }
  const std::optional<std::uint16_t> number = read_port(port);
  if (!number) {
    fault = fmt::format("`{}` is no port from 1 to 65535", port);
    return std::nullopt;
  }
  return Endpoint{std::string(address), *number};
}

}  // namespace

HostForwardReading read_host_forward(std::string_view text) {
  HostForwardReading out;
  HostForward forward;
  if (text.starts_with("tcp:")) {
    forward.protocol = IpProtocol::Tcp;
  } else if (text.starts_with("udp:")) {
    forward.protocol = IpProtocol::Udp;
  } else {
    out.fault = "it does not start with `tcp:` or `udp:`";
    return out;
  }
  std::string_view rest = text.substr(4);
  std::size_t dash = rest.find('-');
  if (dash == std::string_view::npos) {
    out.fault = "there is no `-` between host and guest part";
    return out;
  }
  auto host = read_endpoint(rest.substr(0, dash), "host", out.fault);
  if (!host) return out;
  auto guest = read_endpoint(rest.substr(dash + 1), "guest", out.fault);
  if (!guest) return out;
  forward.host_address = host->address.empty() ? std::string(kLoopback) : host->address;
  forward.host_port = host->port;
  forward.guest_address = guest->address;
  forward.guest_port = guest->port;
  out.forward = std::move(forward);
  return out;
}

std::string to_text(const HostForward& forward) {
  return fmt::format("{}:{}:{}-{}:{}", forward.protocol == IpProtocol::Tcp ? "tcp" : "udp",
                     forward.host_address, forward.host_port, forward.guest_address,
                     forward.guest_port);
}

bool overlaps(const HostForward& a, const HostForward& b) {
  if (a.protocol != b.protocol || a.host_port != b.host_port) return false;
  return a.host_address == b.host_address || a.host_address == kAnyAddress ||
         b.host_address == kAnyAddress;
}

}  // namespace vmplan::model
