// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/scope_directories.h"

#include <filesystem>
#include <system_error>

#include "runtime/os/lab_root.h"
#include "runtime/os/posix_file_system.h"

namespace vmplan::build {
namespace {

/// Files of one directory. People keep their configuration elsewhere and link to it, so links may
/// lead anywhere.
class ScopeReader final : public FileReader {
 public:
  explicit ScopeReader(std::string directory) : directory_(std::move(directory)) {}

  Result<std::string> read(std::string_view path, std::size_t limit) const override {
    Result<os::LabRoot> root = open();
    if (!root) return fail(std::move(root.error()));
    return os::PosixFileSystem(*root).read(path, limit);
  }
  Result<std::vector<std::string>> list(std::string_view path) const override {
    Result<os::LabRoot> root = open();
    if (!root) return fail(std::move(root.error()));
    return os::PosixFileSystem(*root).list(path);
  }
  /// Paths in a profile are relative to the lab, so nobody asks.
  Result<Digest> digest(std::string_view path) const override {
    return fail(ErrorKind::Refused,
                "no input of a plan is in a directory of profiles: " + std::string(path));
  }

 private:
  Result<os::LabRoot> open() const {
    std::error_code ignored;
    const std::filesystem::file_status there = std::filesystem::status(directory_, ignored);
    if (std::filesystem::exists(there) && !std::filesystem::is_directory(there))
      return fail(ErrorKind::Refused, "it is not a directory");
    return os::LabRoot::open(directory_, {"/"});
  }

  std::string directory_;
};

constexpr const char* kBelowConfig = "/vmplan/profiles";

}  // namespace

ScopePaths scope_paths(
    const std::function<std::optional<std::string>(const char* name)>& variable) {
  ScopePaths paths;
  auto config = variable("XDG_CONFIG_HOME");
  if (config && config->starts_with('/')) {
    paths.user = *config + kBelowConfig;
  } else if (auto home = variable("HOME"); home && home->starts_with('/')) {
    paths.user = *home + "/.config" + kBelowConfig;
  }
  return paths;
}

ScopeDirectories::ScopeDirectories(const ScopePaths& paths) {
  auto add = [&](model::Scope scope, const std::string& path) {
    if (path.empty()) return;
    readers_.push_back(std::make_unique<ScopeReader>(path));
    list_.push_back({scope, path, readers_.back().get()});
  };
  add(model::Scope::User, paths.user);
  add(model::Scope::System, paths.system);
}

}  // namespace vmplan::build
