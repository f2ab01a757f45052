// SPDX-License-Identifier: Apache-2.0
// `[lifecycle] wait`: when a machine counts as started.
#pragma once

#include <string>
#include <string_view>

namespace vmplan::model {

struct Readiness {
  /// What the guest writes to its serial port once it is up; empty: QEMU's answer is enough.
  std::string text;
  /// Why it cannot be; empty when it can.
  std::string fault;
  /// True for a word of the language that is not built yet.
  bool planned = false;
};

/// Reads `qmp`, `serial:TEXT`, and TEXT in double quotes after `serial:`.
Readiness read_readiness(std::string_view wait);

}  // namespace vmplan::model
