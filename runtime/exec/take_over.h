// SPDX-License-Identifier: Apache-2.0
// What a launch does about a machine that is there already, e.g. because the state that knew it was
// lost. It starts nothing.
#pragma once

#include "runtime/exec/step_runner.h"

namespace vmplan::exec {

/// For a launch of `spec` that was refused with `busy`. A machine with exactly this command line is
/// what was wanted: done, with a new supervisor where the old one is gone. One that is starting is
/// waited for, and ended when it is not ready in time, as with any other start.
/// Errors: `busy` when nothing is there after all; Busy (another command line), Timeout, Failed
/// (the start that was under way failed), Interrupted.
StepResult take_over(const vm::LaunchSpec& spec, Error busy, const LabHost& host);

}  // namespace vmplan::exec
