// SPDX-License-Identifier: Apache-2.0
// What names, keys and paths inside a guest look like, judged as text. Each says what is wrong, or
// nullopt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

/// Source: RFC 1123, section 2.1: labels of letters, digits and inner hyphens, joined by dots.
std::optional<std::string> hostname_fault(std::string_view name);

/// Of a user or a group. Source: useradd(8), [a-z_][a-z0-9_-]*[$]?, at most 32 bytes.
std::optional<std::string> account_fault(std::string_view name);

/// One line of `authorized_keys` without options: type, base64, comment.
/// Source: sshd(8), AUTHORIZED_KEYS FILE FORMAT; RFC 4253, section 6.6: the base64 begins with the
/// type.
std::optional<std::string> ssh_key_fault(std::string_view line);

/// An absolute path in normal form, other than `/`.
std::optional<std::string> guest_path_fault(std::string_view path);

/// "0644": four octal digits.
std::optional<std::string> permissions_fault(std::string_view mode);

/// "root" or "root:root".
std::optional<std::string> owner_fault(std::string_view owner);

/// A name as the package managers of guests take it, perhaps with `=VERSION`.
std::optional<std::string> package_fault(std::string_view name);

/// "UTC", "Europe/Berlin".
std::optional<std::string> timezone_fault(std::string_view name);

/// "C", "en_US.UTF-8", "sr_RS@latin".
std::optional<std::string> locale_fault(std::string_view name);

/// Whether a file begins as one that cloud-init takes for user data.
/// Source: cloud-init, "User-data formats".
bool is_user_data(std::string_view bytes);

}  // namespace vmplan::model
