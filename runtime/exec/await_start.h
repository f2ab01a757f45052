// SPDX-License-Identifier: Apache-2.0
// Waiting for a start that somebody else has under way: a vmplan that was killed left it to its
// shim, which goes on alone or has died too.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/base/units.h"
#include "compiler/plan/command_plan.h"
#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

/// How long a launch step may take until its machine is ready.
Millis start_timeout(const plan::Step& step);

/// What a start under way is waited for.
enum class StartPoint : std::uint8_t {
  Ready,    ///< the machine runs, or the start has failed
  Process,  ///< there is a QEMU that can be stopped, ready or not
};

/// Waits for a start under way. For readiness, a machine without a supervisor gets a new one, since
/// nobody else would notice it. Returns what was seen last: still Starting at the deadline, and
/// when the user interrupted twice.
vm::MachineStatus await_start(std::string_view run_dir, StartPoint point, Millis timeout,
                              const LabHost& host);

}  // namespace vmplan::exec
