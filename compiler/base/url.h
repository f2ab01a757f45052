// SPDX-License-Identifier: Apache-2.0
// Where a file can be fetched from. A text is read into its parts, and what a plan holds is written
// from them: no other program gets to read the user's text its own way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vmplan {

/// Source: RFC 3986, without user information and fragment.
struct Url {
  bool is_secure = false;
  /// A name or an IPv4 address, in lower case; an IPv6 address in brackets.
  std::string host;
  /// nullopt: that of the scheme.
  std::optional<std::uint16_t> port;
  /// Begins with `/`.
  std::string path;
  /// Without its `?`; nullopt: there is none.
  std::optional<std::string> query;
};

/// A decimal number from 1 to 65535, without sign or leading zeros.
std::optional<std::uint16_t> read_port(std::string_view text);

/// `fault` says why a text is none.
struct UrlReading {
  std::optional<Url> url;
  std::string fault;
};
UrlReading read_url(std::string_view text);

std::string to_text(const Url& url);

}  // namespace vmplan
