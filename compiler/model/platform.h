// SPDX-License-Identifier: Apache-2.0
// Everything about a host that may influence bytes, as one explicit value. Named platforms are
// immutable and numbered: new contents get a new number. Probing a real host is runtime/'s work.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/json.h"
#include "compiler/base/result.h"

namespace vmplan::model {

enum class Acceleration : std::uint8_t { Kvm, Tcg };
std::string_view to_text(Acceleration acceleration);

struct Platform {
  /// With its number, e.g. "linux-x86_64-tcg/1".
  std::string name;
  std::string os;
  /// Of the host; guests of another architecture run under TCG only.
  std::string arch;
  /// What `acceleration = "auto"` may choose, best first.
  std::vector<Acceleration> accelerators;
  /// Major and minor version that the machine types come from, e.g. "7.2".
  std::string qemu_version;
  /// Pinned machine type, e.g. "pc-q35-7.2".
  std::string machine;
  /// Bare names from the closed table of tools, or absolute paths.
  std::string qemu_binary;
  std::string qemu_img;
  /// Most virtual processors that the machine type takes under any accelerator.
  std::int64_t max_cpus = 255;

  bool offers(Acceleration acceleration) const;
};

/// The document that is hashed and that `vmplan platform show` prints.
Json to_json(const Platform& platform);
/// Reads such a document. Errors: Corrupt, naming the member.
Result<Platform> platform_from_json(const Json& document);
/// SHA-256 of the canonical document.
Digest platform_digest(const Platform& platform);

/// The named platforms of this version, sorted by name.
std::span<const Platform> named_platforms();
/// Finds "linux-x86_64-tcg/1" or, meaning /1 for this format, "linux-x86_64-tcg".
const Platform* find_platform(std::string_view name);

}  // namespace vmplan::model
