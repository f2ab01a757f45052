// SPDX-License-Identifier: Apache-2.0
// Runs one step: a built-in in-process, a program to its end, or a machine until it is ready. No
// journal here.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/plan/command_plan.h"
#include "runtime/exec/lab_host.h"
#include "runtime/state/state_store.h"
#include "runtime/store/digest_cache.h"

namespace vmplan::exec {

/// Absolute paths by program name, resolved once before the first step.
using Programs = std::map<std::string, std::string, std::less<>>;
/// Finds a node of the change set or the state; null when there is none.
using NodeLookup = std::function<const plan::CommandPlan*(std::string_view)>;

/// One step in its place.
struct StepCall {
  const plan::CommandPlan& node;
  const plan::Step& step;
  state::Phase phase = state::Phase::Do;
  /// Lab-relative file for its output.
  std::string log_path;
};

/// How it went. `error` is absent exactly when `end` took effect.
struct StepResult {
  state::StepEnd end = state::StepEnd::Done;
  int exit_code = 0;
  std::string message;
  std::optional<Error> error;

  /// Nothing came of it. -1: no program of ours ran to its end.
  static StepResult failed(Error error, int exit_code = -1);
};

/// Thread-safe. Requires: everything passed in outlives it.
class StepRunner {
 public:
  StepRunner(const LabHost& host, const state::StateReader& state, const Programs& programs,
             const std::map<std::string, std::string>& blobs, NodeLookup find_node)
      : host_(host),
        state_(state),
        programs_(programs),
        blobs_(blobs),
        find_node_(std::move(find_node)),
        verified_(host.files, store::digest_cache_path(host.state_dir)) {}

  /// Is it still what was planned? argv, inputs, and that every path it may touch stays in the lab.
  /// For the moment right before the step.
  Status check(const StepCall& call);
  StepResult run(const StepCall& call);
  /// Keeps the digests of files that were read, so that the next run need not read them again.
  /// Losing them costs no more than that.
  void save_digests() { static_cast<void>(verified_.save()); }

 private:
  StepResult run_builtin_step(const StepCall& call);
  /// Nothing but a leftover has the name under which a program makes a file; the leftover goes.
  Status clear_new_names(const StepCall& call);
  /// What the program will open by name lies in the lab or an allowed place, and nothing that it
  /// writes is a link. Unlike the kernel for vmplan itself, nothing keeps the program inside.
  Status check_program(const StepCall& call);
  StepResult run_program(const StepCall& call);
  StepResult launch(const StepCall& call);
  Result<std::string> program(const plan::Step& step) const;

  const LabHost& host_;
  const state::StateReader& state_;
  const Programs& programs_;
  const std::map<std::string, std::string>& blobs_;
  NodeLookup find_node_;
  store::DigestCache verified_;
};

}  // namespace vmplan::exec
