// SPDX-License-Identifier: Apache-2.0
// Paths as text: normal form and containment. Nothing here looks at a file system.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vmplan {

/// Without `.`, empty and resolvable `..` segments and without a trailing slash: "a/./b//../c" ->
/// "a/c",
/// "../x" stays, "" and "." become ".".
std::string normal_path(std::string_view path);

/// True for a relative path that stays below its start ("." included). Requires: normal form.
bool is_beneath(std::string_view path);

/// True when `path` is `root` or lies below it, by whole segments. Requires: both in normal form.
bool is_within(std::string_view path, std::string_view root);

/// True when the path stays in the lab or in one of the allowed places. Any spelling.
bool is_allowed_path(std::string_view path, std::span<const std::string> allowed);

/// The directory part: "a/b" -> "a", "a" -> ".".
std::string_view directory_of(std::string_view path);

/// The last segment: "a/b" -> "b".
std::string_view base_name_of(std::string_view path);

/// `path` as seen from directory `from`, both relative to the same root: ("s/x", "disks/web") ->
/// "../../s/x". Requires: both beneath the root, in normal form.
std::string relative_to(std::string_view path, std::string_view from);

}  // namespace vmplan
