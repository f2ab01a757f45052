// SPDX-License-Identifier: Apache-2.0
// Locale-free questions about text: ASCII classes, UTF-8, spelling distance, display quoting.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vmplan {

constexpr bool is_ascii_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_ascii_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_ascii_alpha(char c) { return is_ascii_lower(c) || is_ascii_upper(c); }
constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_alnum(char c) { return is_ascii_alpha(c) || is_ascii_digit(c); }
/// C0 control characters and DEL.
constexpr bool is_ascii_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
}

/// ASCII letters lowered, every other byte kept; independent of any locale (Turkish included).
std::string ascii_lower(std::string_view text);

/// True for well-formed UTF-8 without surrogates, overlong forms or values above U+10FFFF.
bool is_utf8(std::string_view text);
/// Offset of the first byte that breaks UTF-8, or nullopt.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);
/// Number of code points. Requires: valid UTF-8.
std::size_t count_code_points(std::string_view text);

/// The candidate nearest to `word` by Damerau-Levenshtein distance, if it is near enough to be a
/// likely misspelling: at most max(1, length/3) edits.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates);

/// `parts` joined with `separator`.
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string join(std::span<const std::string_view> parts, std::string_view separator);
/// Pieces of `text` between separators; "a,,b" has three.
std::vector<std::string_view> split(std::string_view text, char separator);

/// One argv element spelled so that a POSIX shell reads it back as exactly that element. For
/// display and export only: vmplan itself never starts a shell.
std::string shell_quoted(std::string_view word);
/// A whole argv for display.
std::string shell_quoted(std::span<const std::string> argv);

/// `text` with control characters made visible, so that it cannot steer a terminal.
std::string printable(std::string_view text);

/// `pattern` with `*` and `?` against one path segment or id; `*` does not match `/`.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace vmplan
