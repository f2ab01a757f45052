// SPDX-License-Identifier: Apache-2.0
// What a path field may name, judged as text. No file is looked at; the executor checks again, on
// the disk, just before it acts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/base/diagnostic_codes.h"
#include "compiler/model/field.h"

namespace vmplan::model {

/// What one lab says about paths.
struct PathPolicy {
  /// `[paths] allow`, in normal form.
  std::span<const std::string> allow;
  /// vmplan's own files, in normal form, sorted: lock, `vmplan.toml`, profiles.
  std::span<const std::string> reserved;
  /// Run directory of the machine whose field is judged; its sockets may lie there.
  std::string_view run_dir;
  /// False when `[paths] allow` could not be read: nobody is blamed for leaving the lab then.
  bool knows_allow = true;
};

struct PathFault {
  Code code;
  /// Stands under the caret.
  std::string detail;
  /// What to do.
  std::string help;
};

/// Longest path of a Unix socket.
/// Source: unix(7), sun_path holds 108 bytes with the final NUL.
inline constexpr std::size_t kLongestSocketPath = 107;

/// The first rule that `path` breaks, or nullopt.
/// Errors: PathCharacter, PathShellSyntax, PathProtocol, PathForbidden, PathReserved,
/// PathLeavesLab, SocketTooLong (PathRole::Socket).
std::optional<PathFault> path_fault(std::string_view path, PathRole role, const PathPolicy& policy);

/// The same for an entry of `[paths] allow`, which may leave the lab.
std::optional<PathFault> allow_fault(std::string_view path);

}  // namespace vmplan::model
