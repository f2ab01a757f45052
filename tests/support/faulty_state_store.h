// SPDX-License-Identifier: Apache-2.0
// A store that fails, or at which the process dies, at a chosen write. Reads always work.
#pragma once

#include <stdexcept>
#include <utility>

#include "runtime/state/state_store.h"

namespace vmplan::test {

/// The process is gone. Whoever catches it starts a new run on the same world.
struct SimulatedCrash : std::runtime_error {
  SimulatedCrash() : std::runtime_error("simulated crash") {}
};

class FaultyStateStore final : public state::StateStore {
 public:
  /// DieBefore: the write never happened. DieAfter: it is durable, and nothing after it happened.
  /// Fail: an error.
  enum class Fault : std::uint8_t { DieBefore, DieAfter, Fail };

  explicit FaultyStateStore(state::StateStore& inner) : inner_(inner) {}

  /// The `n`-th write from now (counting from 1) goes wrong; 0: none does.
  void arm(int n, Fault fault,
           Error error = {ErrorKind::NoSpace, "injected: database or disk is full"});
  /// Writes since then.
  int writes() const { return writes_; }

  Result<change::Applied> applied() const override { return inner_.applied(); }
  Result<std::optional<state::AppliedRecord>> find(std::string_view id) const override {
    return inner_.find(id);
  }
  Result<std::vector<state::UnfinishedNode>> unfinished() const override {
    return inner_.unfinished();
  }
  Result<std::vector<state::Run>> runs(int limit) const override { return inner_.runs(limit); }

  Result<state::RunId> begin_run(const state::RunStart& start) override;
  Status end_run(state::RunId run, std::string_view ended, state::RunStatus status) override;
  Status begin_node(const state::PendingNode& node, state::Progress progress) override;
  Result<std::int64_t> record_intent(const state::StepIntent& intent) override;
  Status record_result(std::int64_t seq, const state::StepOutcome& outcome) override;
  Status finish_undo(std::string_view id) override;
  Status finish_node(state::RunId run, std::string_view id,
                     const state::AppliedRecord* record) override;
  Status forget_pending(std::string_view id) override;

 private:
  template <class Write>
  auto guarded(Write write) -> decltype(write());

  state::StateStore& inner_;
  int writes_ = 0;
  int faulty_ = 0;
  Fault fault_ = Fault::Fail;
  Error error_;
};

}  // namespace vmplan::test
