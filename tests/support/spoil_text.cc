// SPDX-License-Identifier: Apache-2.0
#include "tests/support/spoil_text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace vmplan::test {
namespace {

using namespace std::string_view_literals;

/// Values of every type, at and beyond every edge.
constexpr auto kValues = std::to_array<std::string_view>({
    "true",
    "0",
    "-1",
    "257",
    "65536",
    "9223372036854775807",
    "9223372036854775808",
    "0xffffffffffffffffff",
    "1e400",
    "nan",
    "1979-05-27T07:32:00Z",
    "\"\"",
    "\"a b\"",
    "\"../../x\"",
    "\"/proc/self/mem\"",
    "\"x,y=z:w\"",
    "\"$HOME/x\"",
    "\"host\"",
    "\"none\"",
    "\"raw\"",
    "\"tcp::1-:1\"",
    "\"\\u0000\"",
    "\"\\u001b[2J\"",
    "\"\\uD800\"",
    "'''\n'''",
    "[]",
    "[[]]",
    "[\"a\", \"a\"]",
    "[1, \"a\"]",
    "[1, 2",
    "{}",
    "{ a = { b = [ { c = 1 } ] } }",
    "nonsense",
    "",
});

/// Controls, ends of lines elsewhere, what is no UTF-8, and what TOML is made of.
constexpr auto kPieces = std::to_array<std::string_view>({"\0"sv,
                                                          "\x01",
                                                          "\x1b",
                                                          "\x7f",
                                                          "\r",
                                                          "\r\n",
                                                          "\xef\xbb\xbf",
                                                          "\xe2\x80\xa8",
                                                          "\xe2\x80\x8b",
                                                          "\xc2\x85",
                                                          "\xff",
                                                          "\xc0\xaf",
                                                          "\xed\xa0\x80",
                                                          "\xe2\x82",
                                                          "\"",
                                                          "'",
                                                          "\"\"\"",
                                                          "'''",
                                                          "[",
                                                          "]",
                                                          "[[",
                                                          "{",
                                                          "}",
                                                          "=",
                                                          ",",
                                                          ".",
                                                          "#",
                                                          "\n",
                                                          "\\",
                                                          "\n[vm]\n",
                                                          "\n[[storage.disks]]\n",
                                                          "\nx.y.z = 1\n"});

template <class List>
auto pick(const List& list, std::uint32_t number) {
  return list[number % list.size()];
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.size(), text.find('\n') + 1);
    lines.emplace_back(text.substr(0, end == 0 ? text.size() : end));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

/// Puts another value behind the `=` of a line, or another key before it.
void change_assignment(std::vector<std::string>& lines, const Edit& edit, bool value) {
  for (std::size_t step = 0; step < lines.size(); ++step) {
    std::string& line = lines[(edit.place + step) % lines.size()];
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos || line.starts_with('#')) continue;
    line = value ? line.substr(0, equals + 1) + std::string(pick(kValues, edit.amount)) + "\n"
                 : "key" + std::to_string(edit.amount % 7) + " " + line.substr(equals);
    return;
  }
}

void change_lines(std::vector<std::string>& lines, const Edit& edit, std::uint32_t kind) {
  if (lines.empty()) return;
  const auto at = lines.begin() + edit.place % static_cast<std::uint32_t>(lines.size());
  const auto other = lines.begin() + edit.amount % static_cast<std::uint32_t>(lines.size());
  switch (kind) {
    case 0:
      lines.erase(at);
      return;
    case 1:
      lines.insert(other, std::string(*at));
      return;
    case 2:
      std::iter_swap(at, other);
      return;
    default:
      change_assignment(lines, edit, kind == 3);
  }
}

std::string repeated(std::string_view piece, std::uint32_t count) {
  std::string out;
  for (std::uint32_t i = 0; i < count; ++i) out += piece;
  return out;
}

}  // namespace

std::string spoiled(std::string text, const Edit& edit) {
  constexpr std::uint32_t kOfLines = 5;
  constexpr std::uint32_t kKinds = 11;
  const std::uint32_t kind = edit.kind % kKinds;
  if (kind < kOfLines) {
    std::vector<std::string> lines = lines_of(text);
    change_lines(lines, edit, kind);
    return joined(lines);
  }
  const std::size_t at = edit.place % (text.size() + 1);
  switch (kind - kOfLines) {
    case 0:  // the file ends here
      return text.substr(0, at);
    case 1:
      return text.erase(at, edit.amount % 40);
    case 2:
      if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << edit.amount % 8));
      return text;
    case 3:
      return text.insert(at, pick(kPieces, edit.amount));
    case 4:  // long or deep, across the limits of nesting and key parts
      return text.insert(at, repeated(pick(kPieces, edit.amount), 60 + edit.amount % 10));
    default:
      return text.insert(at, std::string(1 + edit.amount % 5000, 'x'));
  }
}

}  // namespace vmplan::test
