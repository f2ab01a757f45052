// SPDX-License-Identifier: Apache-2.0
// Which words of an external program's argv are paths, and what it does with them. Pure text: it
// knows the grammars that plans are written in, not those programs in full, and no file system.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vmplan::exec {

/// Reads: a kernel, a base, a share. Writes: a disk, a log, a socket.
enum class PathUse : std::uint8_t { Reads, Writes };

struct NamedPath {
  /// As the program opens it: relative to its working directory, or absolute.
  std::string path;
  PathUse use = PathUse::Reads;
  friend bool operator==(const NamedPath&, const NamedPath&) = default;
};

/// In order of the words. Empty for a program whose grammar is not known here.
std::vector<NamedPath> paths_in(const std::vector<std::string>& argv);

}  // namespace vmplan::exec
