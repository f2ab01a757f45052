// SPDX-License-Identifier: Apache-2.0
// Running the built-in steps, `vmplan step NAME ARGS...`: the executor does it in-process, anybody
// by hand. Their forms are compiler/plan/builtins.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/builtins.h"
#include "runtime/exec/lab_host.h"
#include "runtime/state/state_store.h"
#include "runtime/store/digest_cache.h"

namespace vmplan::exec {

/// Exit codes with a meaning of their own.
inline constexpr int kStepFailed = 1;
inline constexpr int kStepUsage = 2;
using plan::kMonitorSilent;
using plan::kStillRunning;

/// What a step may look at and touch.
struct StepContext {
  const LabHost& host;
  const state::StateReader& state;
  store::DigestCache& verified;
  /// The secrets that the step declares, and may ask for. nullopt: it is run by hand, by somebody
  /// who can read them anyway, and takes those that its words name.
  std::optional<std::vector<plan::SecretUse>> secrets = {};
};

struct StepReport {
  int exit_code = 0;
  /// One line for people; why, when it failed.
  std::string message;
  /// The step took over what was already there.
  bool adopted = false;
};

using StepArgs = std::span<const std::string>;

/// Runs `words`, the argv after `vmplan step`. An unknown name or wrong arguments exit with
/// kStepUsage.
StepReport run_builtin(StepArgs words, StepContext& context);

}  // namespace vmplan::exec
