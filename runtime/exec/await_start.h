// SPDX-License-Identifier: Apache-2.0
// Waiting for a machine in between: for a start that somebody else has under way (a vmplan that was
// killed left it to its shim, which goes on alone or has died too), and for an end that takes time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "compiler/base/units.h"
#include "compiler/plan/command_plan.h"
#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

/// How long a launch step may take until its machine is ready.
Millis start_timeout(const plan::Step& step);

/// A line for people about a wait that takes noticeable time. May be empty.
using Say = std::function<void(const std::string& line)>;

/// The same about one of several nodes.
using SayOf = std::function<void(const std::string& node, const std::string& line)>;

/// What a start under way is waited for.
enum class StartPoint : std::uint8_t {
  Ready,    ///< the machine runs, or the start has failed
  Process,  ///< there is a QEMU that can be stopped, ready or not
};

/// Waits for a start under way, and says so before. For readiness, a machine without a supervisor
/// gets a new one, since nobody else would notice it. Returns what was seen last: still Starting at
/// the deadline, and when the user interrupted twice.
vm::MachineStatus await_start(std::string_view run_dir, StartPoint point, Millis timeout,
                              const LabHost& host, const Say& say);

/// Waits for the end of a machine whose QEMU is ending, and says so before. Returns what was seen
/// last: still ending after `timeout`, and when the user interrupted twice.
vm::MachineStatus await_end(std::string_view run_dir, Millis timeout, const LabHost& host,
                            const Say& say);

}  // namespace vmplan::exec
