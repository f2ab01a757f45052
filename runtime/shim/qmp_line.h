// SPDX-License-Identifier: Apache-2.0
// What one line of a QMP monitor means to the shim. Pure; everything it does not need is Other.
// Source: docs/interop/qmp-spec.txt of QEMU.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "runtime/vm/run_record.h"

namespace vmplan::shim {

struct QmpGreeting {};
struct QmpReturn {
  std::int64_t id = 0;
};
struct QmpFailure {
  std::int64_t id = 0;
  std::string text;
};
struct QmpOther {};
using QmpLine = std::variant<QmpGreeting, QmpReturn, QmpFailure, vm::Shutdown, QmpOther>;

QmpLine classify_qmp_line(std::string_view line);

/// `{"execute":"NAME","id":N}` and a line feed. Requires: `name` is a plain command name.
std::string qmp_command_line(std::string_view name, std::int64_t id);

}  // namespace vmplan::shim
