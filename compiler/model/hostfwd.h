// SPDX-License-Identifier: Apache-2.0
// QEMU's text form of a forwarded port, read into typed parts. Nothing of the text itself goes any
// further, so that no option can ride along (references: QEMU 7.2 takes `,guestfwd=...` inside it
// and starts a program).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/model/lab.h"

namespace vmplan::model {

/// The one form that is accepted. Addresses are IPv4; no host address means 127.0.0.1.
inline constexpr std::string_view kHostForwardGrammar =
    "tcp|udp:[HOST_ADDRESS]:HOST_PORT-[GUEST_ADDRESS]:GUEST_PORT";

/// Either a forward, or what is wrong with the text.
struct HostForwardReading {
  std::optional<HostForward> forward;
  std::string fault;
};

HostForwardReading read_host_forward(std::string_view text);

/// "tcp:127.0.0.1:2222-:22".
std::string to_text(const HostForward& forward);

/// True when the two could not be bound on one host: same protocol and port, and equal or wildcard
/// addresses.
bool overlaps(const HostForward& a, const HostForward& b);

}  // namespace vmplan::model
