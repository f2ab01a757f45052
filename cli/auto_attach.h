// SPDX-License-Identifier: Apache-2.0
// `[console] auto_attach`: apply goes on with the console of the machine that it has started.
#pragma once

#include <cstdint>
#include <optional>

#include "cli/command.h"
#include "cli/lab_writer.h"
#include "compiler/change/change_set.h"

namespace vmplan::cli {

/// What will be shown once the machine runs.
struct AttachLater {
  plan::CommandPlan node;
  /// Where its log ended before it was started: what earlier boots wrote is not shown again.
  std::int64_t first_byte = 0;
};

/// The one machine that the change set starts and whose profile asks for its console. Nothing when
/// nobody looks at a terminal; nor when several ask, or the machine keeps no log, which is said on
/// standard error with what to do.
std::optional<AttachLater> console_to_show(Context& context, const change::ChangeSet& set,
                                           const os::FileSystem& files);

/// Shows the console until the machine ends or the user interrupts, which leaves the machine as it
/// is and is no failure of what came before. Returns the exit code.
int attach(Context& context, const os::LabRoot& root, LabHostBundle& bundle,
           const AttachLater& console);

}  // namespace vmplan::cli
