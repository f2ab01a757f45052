// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/cpu_flag.h"

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan::model {

std::optional<CpuFlag> read_cpu_flag(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string_view name = text.substr(1);
  bool sound =
      name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || is_ascii_digit(c) || c == '.' || c == '_' || c == '-';
      });
  if (!sound) return std::nullopt;
  return CpuFlag{std::string(name), text[0] == '+'};
}

}  // namespace vmplan::model
