// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/recovery.h"

#include "compiler/base/text.h"
#include "compiler/plan/builtins.h"
#include "runtime/exec/await_start.h"
#include "runtime/exec/journal_progress.h"
#include "runtime/exec/machine_node.h"
#include "runtime/exec/steps/builtin.h"
#include "runtime/exec/steps/publish.h"

namespace vmplan::exec {
namespace {

using state::JournalRow;
using state::Phase;
using state::StepEnd;
using state::UnfinishedNode;

/// A step whose end nobody saw.
struct Doubt {
  const UnfinishedNode& node;
  const JournalRow& row;
  const plan::CommandPlan& plan;
  const plan::Step& step;
};

Error unknown_end(const Doubt& doubt) {
  std::string outputs;
  for (const plan::Output& output : doubt.plan.outputs) outputs += " `" + output.path + "`";
  return {ErrorKind::Refused,
          fmt::format("step {} of {} was started at {} (run {}) and its end was not recorded; it "
                      "must not run twice, and "
                      "nothing shows whether it took effect. It was: {}. Look at{}",
                      doubt.step.step_id, doubt.node.node.id, doubt.row.intent.intent_at,
                      doubt.row.intent.run_id, printable(shell_quoted(doubt.step.argv)),
                      outputs.empty() ? " what it works on" : outputs)};
}

/// A start that is still under way belongs to a vmplan that was killed: its shim goes on alone, or
/// has died too. One that does not come to an end is no result: the machine is there for the next
/// start to deal with, or for the stop ladder.
Result<StepEnd> judge_launch(const Doubt& doubt, const StartWait& wait, const LabHost& host) {
  std::optional<std::string> run_dir = run_dir_of(doubt.plan);
  if (!run_dir) return fail(unknown_end(doubt));
  const vm::MachineStatus status = await_start(*run_dir, wait.point, start_timeout(doubt.step),
                                               host, [&](const std::string& line) {
                                                 if (wait.say) wait.say(doubt.node.node.id, line);
                                               });
  const bool ours =
      status.state == vm::MachineState::Running && status.argv_hash == doubt.step.argv_hash;
  return ours ? StepEnd::Done : StepEnd::Interrupted;
}

Result<StepEnd> judge_publish(const Doubt& doubt, const LabHost& host) {
  Result<bool> ours = publish_took_effect(doubt.step, doubt.row.intent.mark, host.files);
  if (!ours) return fail(ours.error());
  return *ours ? StepEnd::Done : StepEnd::Interrupted;
}

/// Asks the node's own probe. It answers for a step that makes something only where there was
/// nothing before.
Result<StepEnd> judge_by_probe(const Doubt& doubt, const state::StateReader& store,
                               const LabHost& host) {
  const bool fresh =
      doubt.node.node.action == change::Action::Create && doubt.row.intent.phase == Phase::Do;
  if (!fresh || doubt.plan.probe.empty()) return fail(unknown_end(doubt));
  store::DigestCache verified(host.files, store::digest_cache_path(host.state_dir));
  StepContext context{host, store, verified};
  for (const plan::Step& probe : doubt.plan.probe) {
    // Nobody has verified this node since it was written, and a question must not change anything.
    const plan::BuiltinForm* form = plan::builtin_of(probe);
    if (form == nullptr || !form->looks_only) return fail(unknown_end(doubt));
    StepReport report = run_builtin(StepArgs(probe.argv).subspan(2), context);
    if (report.exit_code == 0) continue;
    if (report.exit_code != kStepFailed || doubt.step.destructive) return fail(unknown_end(doubt));
    return StepEnd::Interrupted;
  }
  return StepEnd::Done;
}

Result<StepEnd> judge(const Doubt& doubt, const StartWait& wait, const state::StateReader& store,
                      const LabHost& host) {
  if (doubt.step.mode == plan::StepMode::Daemon) return judge_launch(doubt, wait, host);
  if (is_publish(doubt.step)) return judge_publish(doubt, host);
  if (doubt.step.idempotent) return StepEnd::Interrupted;
  return judge_by_probe(doubt, store, host);
}

/// Records a verdict for every row without a result.
Status settle_rows(UnfinishedNode& node, const plan::CommandPlan* before, const StartWait& wait,
                   state::StateStore& store, const LabHost& host) {
  for (JournalRow& row : node.journal) {
    if (row.outcome) continue;
    const plan::CommandPlan* plan = before;
    if (row.intent.phase == Phase::Do)
      plan = node.node.after ? &node.node.after->applied.node : nullptr;
    const plan::Step* step = nullptr;
    if (plan != nullptr)
      step = step_of(row.intent.phase == Phase::Do ? plan->commands : plan->rollback, row);
    // A row of a plan that was given up in the meantime: its step can neither be continued nor be
    // asked about.
    Result<StepEnd> end = StepEnd::Interrupted;
    if (step != nullptr) end = judge(Doubt{node, row, *plan, *step}, wait, store, host);
    if (!end) return fail(end.error());
    row.outcome = state::StepOutcome{host.clock.utc_now(), *end, 0,
                                     "its end was not recorded; judged by the next run"};
    if (Status recorded = store.record_result(row.seq, *row.outcome); !recorded) return recorded;
  }
  return {};
}

/// Finishes a node all of whose commands have run. A teardown is not finished here: running its
/// steps again is harmless.
Result<bool> finish_complete(const UnfinishedNode& node, state::StateStore& store) {
  if (!node.node.after) return false;
  state::AppliedRecord record = *node.node.after;
  Progress progress = progress_of(record.applied.node.commands, Phase::Do, node.journal);
  if (!progress.complete) return false;
  record.applied.adopted = record.applied.adopted || progress.adopted;
  if (Status done = store.finish_node(node.node.run_id, node.node.id, &record); !done)
    return fail(done.error());
  return true;
}

}  // namespace

Result<std::vector<std::string>> recover(state::StateStore& store, const LabHost& host,
                                         const StartWait& wait) {
  Result<std::vector<UnfinishedNode>> unfinished = store.unfinished();
  if (!unfinished)
    return fail(std::move(unfinished).error().with("reading what an earlier run left"));
  std::vector<std::string> done;
  for (UnfinishedNode& node : *unfinished) {
    Result<std::optional<state::AppliedRecord>> before = store.find(node.node.id);
    if (!before) return fail(before.error());
    const plan::CommandPlan* old_node = *before ? &(*before)->applied.node : nullptr;
    if (Status settled = settle_rows(node, old_node, wait, store, host); !settled)
      return fail(settled.error());
    Result<bool> finished = finish_complete(node, store);
    if (!finished) return fail(finished.error());
    if (*finished) done.push_back(node.node.id);
  }
  return done;
}

}  // namespace vmplan::exec
