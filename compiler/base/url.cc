// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/url.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan {
namespace {

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestHost = 253;

bool is_hex(char c) {
  return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// What may stand in a path or query as it is. Source: RFC 3986, 3.3 and 3.4.
bool is_plain(char c) {
  return is_ascii_alnum(c) || std::string_view("-._~!$&'()*+,;=:@/").find(c) != std::string::npos;
}

/// Why a path or query is none; empty: it is one.
std::string fault_in(std::string_view text, std::string_view also) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '%') {
      if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2]))
        return "`%` is followed by two hexadecimal digits, or written `%25`";
    } else if (!is_plain(c) && also.find(c) == std::string_view::npos) {
      return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F
                 ? fmt::format("`{}` is written `%{:02X}`", c, static_cast<unsigned char>(c))
                 : fmt::format("byte 0x{0:02X} is written `%{0:02X}`",
                               static_cast<unsigned char>(c));
    }
  }
  return "";
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > kLongestHost) return false;
  const std::vector<std::string_view> labels = split(host, '.');
  return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(),
                       [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_'; });
  });
}

bool is_ipv6(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  host = host.substr(1, host.size() - 2);
  return host.find(':') != std::string_view::npos &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

/// Reads `HOST[:PORT]`; gives what is wrong with it.
std::string read_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos)
    return "it holds a user or password, which everybody could read in the plan";
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = text.substr(0, colon);
  if (!is_host_name(host) && !is_ipv6(host))
    return host.empty() ? "it names no host" : fmt::format("`{}` is no host", host);
  url.host = ascii_lower(host);
  if (colon == std::string_view::npos) return "";
  url.port = read_port(text.substr(colon + 1));
  if (!url.port) return fmt::format("`{}` is no port", text.substr(colon + 1));
  if (*url.port == (url.is_secure ? 443 : 80)) url.port.reset();
  return "";
}

std::string read_parts(std::string_view text, Url& url) {
  if (text.size() > kLongestUrl) return fmt::format("it is longer than {} bytes", kLongestUrl);
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return "it does not begin with `https://` or `http://`";
  const std::string scheme = ascii_lower(text.substr(0, end));
  if (scheme != "https" && scheme != "http")
    return fmt::format("`{}://` is neither `https://` nor `http://`", text.substr(0, end));
  url.is_secure = scheme == "https";
  text.remove_prefix(end + 3);
  if (text.find('#') != std::string_view::npos) return "`#` and what follows it name no file";
  const std::size_t path = std::min(text.find_first_of("/?"), text.size());
  if (std::string fault = read_authority(text.substr(0, path), url); !fault.empty()) return fault;
  text.remove_prefix(path);
  const std::size_t query = std::min(text.find('?'), text.size());
  url.path = text.substr(0, query);
  if (url.path.size() < 2 || url.path.back() == '/') return "it names no file";
  if (std::string fault = fault_in(url.path, ""); !fault.empty()) return fault;
  if (query == text.size()) return "";
  url.query = text.substr(query + 1);
  return fault_in(*url.query, "?");
}

}  // namespace

std::optional<std::uint16_t> read_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.front() == '0') return std::nullopt;
  unsigned number = 0;
  for (char c : text) {
    if (!is_ascii_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  if (number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

UrlReading read_url(std::string_view text) {
  Url url;
  std::string fault = read_parts(text, url);
  if (!fault.empty()) return {std::nullopt, std::move(fault)};
  return {std::move(url), ""};
}

std::string to_text(const Url& url) {
  std::string out = fmt::format("{}://{}", url.is_secure ? "https" : "http", url.host);
  if (url.port) out += fmt::format(":{}", *url.port);
  out += url.path;
  if (url.query) out += "?" + *url.query;
  return out;
}

}  // namespace vmplan
