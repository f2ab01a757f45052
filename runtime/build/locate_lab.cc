// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/locate_lab.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "compiler/model/lab_file.h"
#include "compiler/model/name_rules.h"

namespace vmplan::build {
namespace {

namespace fs = std::filesystem;

bool is_lab_root(const fs::path& directory) {
  std::error_code ignored;
  return fs::is_regular_file(directory / model::kLabFile, ignored) ||
         fs::is_directory(directory / "profiles", ignored);
}

Result<LabLocation> search_upwards(const fs::path& start) {
  if (std::optional<std::string> root = lab_around(start.string()))
    return LabLocation{std::move(*root), std::nullopt};
  return fail(ErrorKind::NotFound, fmt::format("there is no lab here: neither {} nor a directory "
                                               "above it holds vmplan.toml or profiles/; "
                                               "name a lab directory or a profile",
                                               start.string()));
}

}  // namespace

std::optional<std::string> lab_around(const std::string& directory) {
  for (fs::path at = directory;; at = at.parent_path()) {
    if (is_lab_root(at)) return at.string();
    if (at == at.parent_path()) return std::nullopt;
  }
}

std::optional<LabLocation> applied_without_file(const std::string& root, std::string_view stem) {
  std::error_code ignored;
  if (model::name_fault(stem) ||
      !fs::exists(fs::path(root) / ".vmplan" / std::string(stem) / "state.db", ignored))
    return std::nullopt;
  return LabLocation{root, fmt::format("{}.toml", stem)};
}

Result<LabLocation> locate_lab(const std::string& path) {
  std::error_code error;
  fs::path absolute = fs::absolute(path.empty() ? "." : path, error).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (error) return fail(ErrorKind::NotFound, fmt::format("{}: {}", path, error.message()));
  if (path.empty()) return search_upwards(absolute);
  fs::file_status status = fs::status(absolute, error);
  if (!fs::exists(status))
    return fail(ErrorKind::NotFound, fmt::format("{}: there is no such file or directory", path));
  if (fs::is_directory(status)) return LabLocation{absolute.string(), std::nullopt};
  if (!fs::is_regular_file(status))
    return fail(ErrorKind::Refused, fmt::format("{} is neither a directory nor a file", path));
  if (absolute.filename() == model::kLabFile)
    return LabLocation{absolute.parent_path().string(), std::nullopt};
  return LabLocation{absolute.parent_path().string(), absolute.filename().string()};
}

}  // namespace vmplan::build
