// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/profile_patterns.h"

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/model/lab_file.h"

namespace vmplan::model {

std::optional<std::string> pattern_fault(std::string_view pattern) {
  if (pattern.empty()) return "it is empty";
  if (pattern.starts_with('/')) return "it starts at the root of the host";
  if (!pattern.ends_with(".toml")) return "it does not end in `.toml`";
  for (char c : pattern)
    if (is_ascii_control(c)) return "it holds a control character";
  if (pattern.find_first_of("[]{}\\$`~") != std::string_view::npos)
    return "only `*` and `?` stand for other characters";
  auto segments = split(pattern, '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    bool last = i + 1 == segments.size();
    if (segments[i] == "..") return "it leaves the lab";
    if (segments[i] == ".vmplan") return "`.vmplan` holds vmplan's own files";
    if (!last && segments[i].find_first_of("*?") != std::string_view::npos)
      return "only its last part may hold `*` and `?`";
    if (last && segments[i].starts_with('.')) return "hidden files are never profiles";
  }
  if (normal_path(pattern) == kLabFile) return "`vmplan.toml` is the lab's own file";
  return std::nullopt;
}

bool is_literal(std::string_view pattern) {
  return pattern.find_first_of("*?") == std::string_view::npos;
}

Result<std::vector<std::string>> matching_files(std::string_view pattern, const FileReader& files) {
  std::string normal = normal_path(pattern);
  std::string directory(directory_of(normal));
  std::string_view glob =
      std::string_view(normal).substr(directory == "." ? 0 : directory.size() + 1);
  std::vector<std::string> out;
  auto names = files.list(directory);
  if (!names) return fail(std::move(names.error()));
  for (const std::string& name : *names) {
    if (name.starts_with('.') || !glob_match(glob, name)) continue;
    std::string path = directory == "." ? name : directory + "/" + name;
    if (path != kLabFile) out.push_back(std::move(path));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace vmplan::model
