// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/program_version.h"

#include <fmt/format.h>

#include <charconv>

#include "compiler/base/text.h"

namespace vmplan::os {

std::string version_in(std::string_view answer) {
  static constexpr std::string_view kBefore = "version ";
  const std::size_t at = answer.find(kBefore);
  if (at == std::string_view::npos) return {};
  answer.remove_prefix(at + kBefore.size());
  std::size_t end = 0;
  while (end < answer.size() && (is_ascii_digit(answer[end]) || answer[end] == '.')) ++end;
  return std::string(answer.substr(0, end));
}

std::string release_of(std::string_view version) {
  const std::vector<std::string_view> parts = split(version, '.');
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) return {};
  return fmt::format("{}.{}", parts[0], parts[1]);
}

bool is_at_least(std::string_view version, std::string_view wanted) {
  const std::vector<std::string_view> have = split(version, '.');
  const std::vector<std::string_view> need = split(wanted, '.');
  for (std::size_t i = 0; i < need.size(); ++i) {
    int a = 0;
    int b = 0;
    if (i < have.size()) std::from_chars(have[i].data(), have[i].data() + have[i].size(), a);
    std::from_chars(need[i].data(), need[i].data() + need[i].size(), b);
    if (a != b) return a > b;
  }
  return true;
}

}  // namespace vmplan::os
