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
#include "compiler/base/units.h"

namespace vmplan::model {

enum class Acceleration : std::uint8_t { Kvm, Tcg };
std::string_view to_text(Acceleration acceleration);

/// What a platform runs guests of one architecture with.
struct GuestMachine {
  std::string arch;
  /// Pinned machine type, e.g. "pc-q35-7.2".
  std::string machine;
  /// Bare name from the closed table of tools, or an absolute path.
  std::string qemu_binary;
  /// Processor model under TCG when the profile names none.
  std::string cpu;
  /// Most virtual processors that the machine type takes under any accelerator.
  std::int64_t max_cpus = 255;
  /// Absolute path of what boots from a disk, where the machine type brings nothing by itself;
  /// empty where it does. A file of the system, trusted as QEMU itself is.
  std::string firmware;
};

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
  std::string qemu_img;
  /// Sizes of huge pages that the host's memory may come in.
  std::vector<Mebibytes> hugepages;
  /// Sorted by architecture; never empty.
  std::vector<GuestMachine> guests;

  /// Null when the platform runs no such guests.
  const GuestMachine* guest(std::string_view guest_arch) const;
  /// Whether guests of an architecture may use an accelerator.
  bool offers(Acceleration acceleration, std::string_view guest_arch) const;
  /// The best accelerator for guests of an architecture; nullopt when there is none.
  std::optional<Acceleration> best_for(std::string_view guest_arch) const;
};

/// The architectures of the language, sorted.
std::span<const std::string_view> architectures();

/// A Linux host of one architecture with Debian's packages of that QEMU version ("7.2").
Platform linux_platform(std::string name, std::string_view host_arch, bool has_kvm,
                        const std::string& qemu_version);

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
