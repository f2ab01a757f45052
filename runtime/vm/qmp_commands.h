// SPDX-License-Identifier: Apache-2.0
// What a QMP command may do, by exact name. Whatever is in no list is refused: a new QEMU may give
// any name a meaning.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::vm {

enum class QmpEffect : std::uint8_t {
  Reads,    ///< changes neither the guest nor the host
  Mutates,  ///< changes the guest or its devices; needs a MutationPermit
  Unknown,  ///< refused: not in the lists, or able to touch files and processes of the host
};

QmpEffect classify_qmp(std::string_view command);

/// Both lists, sorted bytewise.
std::span<const std::string_view> qmp_reading_commands();
std::span<const std::string_view> qmp_mutating_commands();

/// The decision to run one mutating command, made where the reason is known and passed down as a
/// value. It is good for exactly this command.
class MutationPermit {
 public:
  /// `reason` says who decided it: a step of a plan, or a command of the user. Errors: Refused for
  /// a command that is not known to mutate.
  static Result<MutationPermit> for_command(std::string_view command, std::string_view reason);

  const std::string& command() const { return command_; }
  const std::string& reason() const { return reason_; }

 private:
  MutationPermit(std::string_view command, std::string_view reason)
      : command_(command), reason_(reason) {}
  std::string command_;
  std::string reason_;
};

}  // namespace vmplan::vm
