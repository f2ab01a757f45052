// SPDX-License-Identifier: Apache-2.0
// The lab root and its allowed places as open directories. Every path is opened beneath one of them
// by the kernel (openat2 RESOLVE_BENEATH, no magic links), so that neither `..` nor a symbolic link
// leads out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/os/lab_path.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {

class LabRoot {
 public:
  /// `path` may be relative to the current directory. Allowed places need not exist yet.
  /// Errors: NotFound, Denied.
  static Result<LabRoot> open(const std::string& path,
                              const std::vector<std::string>& allowed = {});

  /// Absolute, symbolic links resolved.
  const std::string& path() const { return places_.root(); }
  /// Open for the life of this object.
  int fd() const { return roots_.front().get(); }

  /// Opens beneath the places. `flags` as of open(2); O_CLOEXEC is added. A link that leads from
  /// one place into another is followed. Errors: those of FileSystem.
  Result<UniqueFd> open_file(std::string_view path, int flags, std::uint32_t mode = 0) const;

  /// Absolute, every symbolic link followed. Errors: those of open_file().
  Result<std::string> real_path(std::string_view path) const;

  /// A directory entry: the open parent and the last segment.
  struct Entry {
    UniqueFd directory;
    std::string name;
  };
  /// Errors: Refused when the path is a place itself.
  Result<Entry> open_entry(std::string_view path) const;

  /// Creates a directory and its missing parents with exactly `mode`; existing ones keep theirs.
  Status make_directories(std::string_view path, std::uint32_t mode) const;

 private:
  LabRoot(LabPlaces places, std::vector<UniqueFd> roots)
      : places_(std::move(places)), roots_(std::move(roots)) {}
  Result<UniqueFd> open_located(const LabPlaces::Location& where, std::string_view path, int flags,
                                std::uint32_t mode) const;
  Result<LabPlaces::Location> locate(std::string_view path) const;

  LabPlaces places_;
  std::vector<UniqueFd> roots_;
};

}  // namespace vmplan::os
