// SPDX-License-Identifier: Apache-2.0
// A machine's console at the user's terminal.
#pragma once

#include <cstdint>
#include <string>

#include "cli/command.h"
#include "cli/lab_writer.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::cli {

/// The file that keeps what a machine's guest writes; empty when the machine keeps none.
std::string console_log_of(const plan::CommandPlan& node);

struct ConsoleView {
  /// A machine that keeps a log.
  const plan::CommandPlan& node;
  /// Of the log, in bytes; a log that is shorter is shown from its start.
  std::int64_t first_byte = 0;
  /// Whether to go on until the machine has ended or the user interrupts.
  bool follow = false;
};

/// Shows what the guest wrote, without what would steer a terminal. Takes no lock, sends nothing.
/// Returns the exit code.
int show_console(Context& context, const os::LabRoot& root, LabHostBundle& bundle,
                 const ConsoleView& view);

}  // namespace vmplan::cli
