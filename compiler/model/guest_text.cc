// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/guest_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/base/base64.h"
#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

constexpr std::size_t kLongestHostname = 253;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestAccount = 32;

/// Types that OpenSSH knows, of plain keys and of keys on a token.
constexpr std::string_view kKeyTypes[] = {"ssh-ed25519",
                                          "ssh-rsa",
                                          "ecdsa-sha2-nistp256",
                                          "ecdsa-sha2-nistp384",
                                          "ecdsa-sha2-nistp521",
                                          "sk-ssh-ed25519@openssh.com",
                                          "sk-ecdsa-sha2-nistp256@openssh.com"};

constexpr std::string_view kUserDataStarts[] = {"#cloud-config", "#!",
                                                "#include",      "#cloud-boothook",
                                                "#part-handler", "## template: jinja",
                                                "Content-Type:", "MIME-Version:",
                                                "\x1f\x8b"};

template <class Allowed>
bool all_of(std::string_view text, Allowed allowed) {
  return std::all_of(text.begin(), text.end(), allowed);
}

std::optional<std::string> label_fault(std::string_view label) {
  if (label.empty()) return "a part between dots is empty";
  if (label.size() > kLongestLabel)
    return fmt::format("`{}` is longer than {} bytes", label, kLongestLabel);
  if (!all_of(label, [](char c) { return is_ascii_alnum(c) || c == '-'; }))
    return "only letters, digits, `-` and dots may stand in it";
  if (label.front() == '-' || label.back() == '-')
    return fmt::format("`{}` begins or ends with `-`", label);
  return std::nullopt;
}

/// Big-endian length and text, as the blob of a key begins.
std::string length_prefixed(std::string_view text) {
  std::string out(3, '\0');
  out += static_cast<char>(text.size());
  return out.append(text);
}

}  // namespace

std::optional<std::string> hostname_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kLongestHostname)
    return fmt::format("it is longer than {} bytes", kLongestHostname);
  for (std::string_view label : split(name, '.'))
    if (auto fault = label_fault(label)) return fault;
  return std::nullopt;
}

std::optional<std::string> account_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kLongestAccount)
    return fmt::format("it is longer than {} bytes", kLongestAccount);
  if (!is_ascii_lower(name.front()) && name.front() != '_')
    return "it begins with neither a small letter nor `_`";
  if (!all_of(name, [](char c) {
        return is_ascii_lower(c) || is_ascii_digit(c) || c == '_' || c == '-';
      }))
    return "only small letters, digits, `_` and `-` may stand in it";
  return std::nullopt;
}

std::optional<std::string> ssh_key_fault(std::string_view line) {
  const std::vector<std::string_view> words = split(line, ' ');
  if (words.front().find("PRIVATE") != std::string_view::npos || line.starts_with("-----"))
    return "this is a private key, not a public one";
  const auto* type = std::find(std::begin(kKeyTypes), std::end(kKeyTypes), words.front());
  if (type == std::end(kKeyTypes))
    return "it begins with no type of key, such as ssh-ed25519 or ssh-rsa";
  std::optional<std::string> blob;
  if (words.size() > 1) blob = base64_decode(words[1]);
  if (!blob) return "no base64 follows the type";
  if (!blob->starts_with(length_prefixed(*type)))
    return fmt::format("what follows is no key of type {}", *type);
  return std::nullopt;
}

std::optional<std::string> guest_path_fault(std::string_view path) {
  if (!path.starts_with('/')) return "it is not absolute";
  if (path == "/") return "it names no file";
  if (normal_path(path) != path) return "it holds `.`, `..`, `//`, or a slash at its end";
  return std::nullopt;
}

std::optional<std::string> permissions_fault(std::string_view mode) {
  if (mode.size() == 4 && all_of(mode, [](char c) { return c >= '0' && c <= '7'; }))
    return std::nullopt;
  return "it is not four octal digits";
}

std::optional<std::string> owner_fault(std::string_view owner) {
  const std::vector<std::string_view> parts = split(owner, ':');
  if (parts.size() > 2) return "it has more parts than USER:GROUP";
  for (std::string_view part : parts)
    if (auto fault = account_fault(part)) return fault;
  return std::nullopt;
}

std::optional<std::string> package_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (!is_ascii_alnum(name.front())) return "it begins with neither a letter nor a digit";
  constexpr std::string_view kOthers = "+-._:~=@/";
  if (!all_of(name, [&](char c) {
        return is_ascii_alnum(c) || kOthers.find(c) != std::string_view::npos;
      }))
    return fmt::format("only letters, digits and `{}` may stand in it", kOthers);
  return std::nullopt;
}

std::optional<std::string> timezone_fault(std::string_view name) {
  for (std::string_view part : split(name, '/')) {
    if (part.empty() || !is_ascii_alnum(part.front()))
      return "a part of it begins with neither a letter nor a digit";
    if (!all_of(part, [](char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '+'; }))
      return "only letters, digits, `_`, `-`, `+` and `/` may stand in it";
  }
  return std::nullopt;
}

std::optional<std::string> locale_fault(std::string_view name) {
  if (name.empty() || !is_ascii_alpha(name.front())) return "it does not begin with a letter";
  constexpr std::string_view kOthers = "_-.@";
  if (!all_of(name, [&](char c) {
        return is_ascii_alnum(c) || kOthers.find(c) != std::string_view::npos;
      }))
    return "only letters, digits, `_`, `-`, `.` and `@` may stand in it";
  return std::nullopt;
}

bool is_user_data(std::string_view bytes) {
  return std::any_of(std::begin(kUserDataStarts), std::end(kUserDataStarts),
                     [&](std::string_view start) { return bytes.starts_with(start); });
}

}  // namespace vmplan::model
