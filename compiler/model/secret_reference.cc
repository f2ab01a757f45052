// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/secret_reference.h"

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

bool is_variable_name(std::string_view name) {
  return !name.empty() && !is_ascii_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_ascii_alnum(c) || c == '_'; });
}

std::optional<std::string> file_fault(std::string_view path) {
  if (path.empty()) return "`file:` names no file";
  if (std::any_of(path.begin(), path.end(), is_ascii_control))
    return "the path holds a control character";
  if (path.front() == '~' || path.find_first_of("$`") != std::string_view::npos)
    return "the path holds shell syntax, and no shell reads it";
  const std::string normal = normal_path(path);
  if (normal == ".." || normal.starts_with("../"))
    return "a path that is not absolute stays in the lab";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> secret_reference_fault(std::string_view reference) {
  constexpr std::string_view kEnv = "env:";
  constexpr std::string_view kFile = "file:";
  if (reference.empty()) return "`secret` is missing";
  if (reference.starts_with(kFile)) return file_fault(reference.substr(kFile.size()));
  if (!reference.starts_with(kEnv)) return "it starts with neither `env:` nor `file:`";
  if (is_variable_name(reference.substr(kEnv.size()))) return std::nullopt;
  return "`env:` is followed by the name of an environment variable";
}

}  // namespace vmplan::model
