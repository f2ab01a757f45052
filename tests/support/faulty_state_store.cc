// SPDX-License-Identifier: Apache-2.0
#include "tests/support/faulty_state_store.h"

namespace vmplan::test {

void FaultyStateStore::arm(int n, Fault fault, Error error) {
  writes_ = 0;
  faulty_ = n;
  fault_ = fault;
  error_ = std::move(error);
}

template <class Write>
auto FaultyStateStore::guarded(Write write) -> decltype(write()) {
  const bool goes_wrong = ++writes_ == faulty_;
  if (goes_wrong && fault_ == Fault::DieBefore) throw SimulatedCrash();
  if (goes_wrong && fault_ == Fault::Fail) return fail(error_);
  auto result = write();
  if (goes_wrong) throw SimulatedCrash();
  return result;
}

Result<state::RunId> FaultyStateStore::begin_run(const state::RunStart& start) {
  return guarded([&] { return inner_.begin_run(start); });
}
Status FaultyStateStore::end_run(state::RunId run, std::string_view ended,
                                 state::RunStatus status) {
  return guarded([&] { return inner_.end_run(run, ended, status); });
}
Status FaultyStateStore::begin_node(const state::PendingNode& node, state::Progress progress) {
  return guarded([&] { return inner_.begin_node(node, progress); });
}
Result<std::int64_t> FaultyStateStore::record_intent(const state::StepIntent& intent) {
  return guarded([&] { return inner_.record_intent(intent); });
}
Status FaultyStateStore::record_result(std::int64_t seq, const state::StepOutcome& outcome) {
  return guarded([&] { return inner_.record_result(seq, outcome); });
}
Status FaultyStateStore::finish_undo(std::string_view id) {
  return guarded([&] { return inner_.finish_undo(id); });
}
Status FaultyStateStore::finish_node(state::RunId run, std::string_view id,
                                     const state::AppliedRecord* record) {
  return guarded([&] { return inner_.finish_node(run, id, record); });
}
Status FaultyStateStore::forget_pending(std::string_view id) {
  return guarded([&] { return inner_.forget_pending(id); });
}

}  // namespace vmplan::test
