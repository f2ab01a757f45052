// SPDX-License-Identifier: Apache-2.0
// What the files of the built-in steps share: their entry points and the spelling of their reports.
#pragma once

#include <string>

#include "runtime/exec/steps/builtin.h"

namespace vmplan::exec {

/// Each gets the words after its name. Requires: as many as its form takes.
StepReport run_check(StepArgs args, StepContext& context);
StepReport run_fetch(StepArgs args, StepContext& context);
StepReport run_import(StepArgs args, StepContext& context);
StepReport run_link(StepArgs args, StepContext& context);
StepReport run_machine(StepArgs args, StepContext& context);
StepReport run_mkdir(StepArgs args, StepContext& context);
StepReport run_publish(StepArgs args, StepContext& context);
StepReport run_remove(StepArgs args, StepContext& context);
StepReport run_seed(StepArgs args, StepContext& context);
StepReport run_serial(StepArgs args, StepContext& context);
StepReport run_verify(StepArgs args, StepContext& context);
StepReport run_verify_chain(StepArgs args, StepContext& context);
StepReport run_verify_directory(StepArgs args, StepContext& context);
StepReport run_verify_disk(StepArgs args, StepContext& context);
StepReport run_workspace(StepArgs args, StepContext& context);

/// Of an image in the store.
inline constexpr std::uint32_t kStoredMode = 0444;

/// What `import` and `fetch` share: whether the store has the image already. nullopt: it has
/// nothing of that name. Without a digest, any bytes will do.
std::optional<StepReport> look_in_store(const std::string& to,
                                        const std::optional<Digest>& expected,
                                        StepContext& context);

inline StepReport step_ok(std::string message = {}) { return {0, std::move(message), false}; }
inline StepReport step_failed(std::string message) {
  return {kStepFailed, std::move(message), false};
}
inline StepReport step_failed(const Error& error) { return step_failed(error.text()); }
/// The arguments are wrong; run_builtin adds the grammar.
inline StepReport step_usage(std::string message) {
  return {kStepUsage, std::move(message), false};
}

/// A creating step writes this beside its target, and publish takes it away.
inline std::string new_name(std::string_view path) { return std::string(path) + ".vmplan-new"; }

}  // namespace vmplan::exec
