// SPDX-License-Identifier: Apache-2.0
// Where profiles outside the lab are on this host, and reading them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/scopes.h"

namespace vmplan::build {

/// Absolute directories.
struct ScopePaths {
  /// Empty: there is none, since nothing says where the user's files are.
  std::string user;
  std::string system = "/etc/vmplan/profiles";
};

/// `$XDG_CONFIG_HOME/vmplan/profiles`, or `~/.config/vmplan/profiles`. A value that is not absolute
/// counts as unset, as the XDG Base Directory Specification says. `variable` asks the environment.
ScopePaths scope_paths(const std::function<std::optional<std::string>(const char* name)>& variable);

/// Readers of these directories. Opens nothing until it is asked for a file.
class ScopeDirectories {
 public:
  explicit ScopeDirectories(const ScopePaths& paths);

  /// For a LabRequest; valid for the life of this object.
  const std::vector<model::ScopeDirectory>& list() const { return list_; }

 private:
  std::vector<std::unique_ptr<FileReader>> readers_;
  std::vector<model::ScopeDirectory> list_;
};

}  // namespace vmplan::build
