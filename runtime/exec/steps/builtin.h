// SPDX-License-Identifier: Apache-2.0
// The table of built-in steps: `vmplan step NAME ARGS...`. The executor runs them in-process,
// anybody by hand. A released grammar is only ever added to: the state holds such lines for years.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/exec/lab_host.h"
#include "runtime/state/state_store.h"
#include "runtime/store/digest_cache.h"

namespace vmplan::exec {

/// Exit codes with a meaning of their own.
inline constexpr int kStepFailed = 1;
inline constexpr int kStepUsage = 2;
/// `machine powerdown`, `machine quit`: the monitor cannot be reached, or does not answer.
inline constexpr int kMonitorSilent = 3;
/// `machine wait`: it still runs at the deadline.
inline constexpr int kStillRunning = 4;

/// What a step may look at and touch.
struct StepContext {
  const LabHost& host;
  const state::StateReader& state;
  store::DigestCache& verified;
};

struct StepReport {
  int exit_code = 0;
  /// One line for people; why, when it failed.
  std::string message;
  /// The step took over what was already there.
  bool adopted = false;
};

using StepArgs = std::span<const std::string>;

struct BuiltinStep {
  std::string_view name;
  /// Words after `vmplan step`: "mkdir PATH MODE".
  std::string_view grammar;
  std::string_view summary;
  /// It changes nothing, so it runs again when a node is continued.
  bool looks_only = false;
  StepReport (*run)(StepArgs args, StepContext& context) = nullptr;
};

/// By name.
std::span<const BuiltinStep> builtin_steps();
/// Null when there is none of that name.
const BuiltinStep* find_builtin(std::string_view name);

/// Runs `words`, the argv after `vmplan step`. An unknown name or wrong arguments exit with
/// kStepUsage.
StepReport run_builtin(StepArgs words, StepContext& context);

}  // namespace vmplan::exec
