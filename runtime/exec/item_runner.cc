// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/item_runner.h"

#include <algorithm>

#include "compiler/plan/builtins.h"
#include "runtime/exec/journal_progress.h"
#include "runtime/exec/steps/publish.h"

namespace vmplan::exec {
namespace {

using change::Action;
using change::Row;
using state::Phase;
using state::StepEnd;

/// Steps that only look run again when a node is continued: what they checked may have changed
/// since.
bool looks_only(const plan::Step& step) {
  const plan::BuiltinForm* form = plan::builtin_of(step);
  return form != nullptr && form->looks_only;
}

std::optional<Digest> key_of(const std::optional<plan::CommandPlan>& node) {
  if (!node) return std::nullopt;
  return node->key;
}

std::string log_path(const LabHost& host, state::RunId run, std::string id) {
  std::replace(id.begin(), id.end(), '/', '_');
  return run_log_directory(host, run) + "/" + id + ".log";
}

const std::vector<plan::Step> kNoSteps;
const std::vector<state::JournalRow> kNoRows;

}  // namespace

std::string run_log_directory(const LabHost& host, state::RunId run) {
  // Labs of one file share a directory, and each counts its own runs.
  const std::size_t slash = host.state_dir.find('/');
  const std::string lab = slash == std::string::npos ? "" : host.state_dir.substr(slash);
  return fmt::format("logs/runs{}/{}", lab, run);
}

Result<ItemRunner::Done> ItemRunner::run(const WorkItem& item) {
  if (item.kind == WorkItem::Kind::Gate) return Done{};
  const Row& row = this->row(item);
  Result<Done> done = Done{};
  switch (item.kind) {
    case WorkItem::Kind::Gate:
      break;
    case WorkItem::Kind::Undo:
      done = undo(item);
      break;
    case WorkItem::Kind::Do:
      done = redo(item);
      break;
    case WorkItem::Kind::Record:
      if (Status recorded = record(row); !recorded) done = fail(recorded.error());
      break;
  }
  return done;
}

Status ItemRunner::record(const Row& row) {
  // Recorded means finished: what an earlier run began on the node is no longer wanted.
  if (row.after) {
    const state::AppliedRecord after = record_after(row);
    return store_.finish_node(facts_.run, row.id, &after);
  }
  if (!row.kept) return store_.finish_node(facts_.run, row.id, nullptr);
  Result<std::optional<state::AppliedRecord>> kept = store_.find(row.id);
  if (!kept) return fail(kept.error());
  if (!*kept) return {};
  (*kept)->applied.kept = true;
  return store_.finish_node(facts_.run, row.id, &**kept);
}

state::AppliedRecord ItemRunner::record_after(const Row& row) const {
  state::AppliedRecord record;
  record.applied.node = *row.after;
  record.key_document = facts_.key_documents.find(row.id)->second;
  auto before = facts_.applied.find(row.id);
  // A replaced file is vmplan's own; whatever else happens to an adopted one, it stays somebody's.
  record.applied.adopted =
      before != facts_.applied.end() && before->second.adopted && row.action != Action::Replace;
  return record;
}

state::PendingNode ItemRunner::pending(const Row& row) const {
  state::PendingNode node;
  node.id = row.id;
  node.run_id = facts_.run;
  node.action = row.action;
  node.old_key = key_of(row.before);
  node.new_key = key_of(row.after);
  if (row.after) node.after = record_after(row);
  return node;
}

const std::vector<state::JournalRow>& ItemRunner::journal_of(const Row& row) const {
  auto left = facts_.unfinished.find(row.id);
  const bool same = left != facts_.unfinished.end() &&
                    left->second.node.old_key == key_of(row.before) &&
                    left->second.node.new_key == key_of(row.after);
  return same ? left->second.journal : kNoRows;
}

Status ItemRunner::begin(const Row& row) {
  events_.emit(NodeStarted{row.id, row.action});
  return store_.begin_node(
      pending(row), journal_of(row).empty() ? state::Progress::Fresh : state::Progress::Continued);
}

Result<ItemRunner::Done> ItemRunner::undo(const WorkItem& item) {
  const Row& row = this->row(item);
  // The steps that were stored with the node, whatever the change set embeds.
  const change::AppliedNode& applied = facts_.applied.find(row.id)->second;
  const bool file_stays = keeps_file(applied, row.action, facts_.remove_disks);
  if (item.is_first)
    if (Status begun = begin(row); !begun) return fail(begun.error());
  const std::vector<state::JournalRow>& journal = journal_of(row);
  // Once the new form was begun, the old one is gone, and its rollback would take away the new one.
  const bool over = std::ranges::any_of(
      journal, [](const state::JournalRow& seen) { return seen.intent.phase == Phase::Do; });
  const bool nothing_to_run = file_stays || over;
  Result<Done> done = run_steps(
      {applied.node, nothing_to_run ? kNoSteps : applied.node.rollback, Phase::Undo}, journal);
  if (!done) return done;
  if (Status recorded = record_undone(item, file_stays); !recorded) return fail(recorded.error());
  if (item.is_last) events_.emit(NodeFinished{row.id, row.action});
  return done;
}

Status ItemRunner::record_undone(const WorkItem& item, bool file_stays) {
  const Row& row = this->row(item);
  if (!item.is_last) {
    // Data that is gone must not look lost when the run is cut off here.
    return row.action == Action::Replace && !file_stays ? store_.finish_undo(row.id) : Status{};
  }
  if (!file_stays || facts_.remove_disks) return store_.finish_node(facts_.run, row.id, nullptr);
  Result<std::optional<state::AppliedRecord>> record = store_.find(row.id);
  if (!record) return fail(record.error());
  if (*record) (*record)->applied.kept = true;
  return store_.finish_node(facts_.run, row.id, *record ? &**record : nullptr);
}

Result<ItemRunner::Done> ItemRunner::redo(const WorkItem& item) {
  const Row& row = this->row(item);
  if (item.is_first)
    if (Status begun = begin(row); !begun) return fail(begun.error());
  Result<Done> done = run_steps({*row.after, row.after->commands, Phase::Do}, journal_of(row));
  if (!done) return done;
  state::AppliedRecord record = record_after(row);
  record.applied.adopted = record.applied.adopted || done->adopted;
  if (Status finished = store_.finish_node(facts_.run, row.id, &record); !finished)
    return fail(finished.error());
  events_.emit(NodeFinished{row.id, row.action});
  return done;
}

Result<ItemRunner::Done> ItemRunner::run_steps(const StepList& list,
                                               const std::vector<state::JournalRow>& journal) {
  const Progress progress = progress_of(list.steps, list.phase, journal);
  Done done{progress.adopted};
  for (std::size_t i = 0; i < list.steps.size(); ++i) {
    const plan::Step& step = list.steps[i];
    if (i < progress.first && !looks_only(step)) continue;
    if (host_.cancel.level() != os::Cancel::Level::None)
      return fail(ErrorKind::Interrupted, fmt::format("stopped before step {}", step.step_id));
    Result<StepEnd> end = run_step(list, i);
    if (!end) return fail(std::move(end).error().with(fmt::format("step {}", step.step_id)));
    if (*end == StepEnd::Adopted) done.adopted = true;
  }
  return done;
}

Result<StepEnd> ItemRunner::run_step(const StepList& list, std::size_t index) {
  const plan::Step& step = list.steps[index];
  const StepCall call{list.node, step, list.phase, log_path(host_, facts_.run, list.node.id)};
  if (Status same = steps_.check(call); !same) return fail(same.error());

  state::StepIntent intent{facts_.run,
                           list.node.id,
                           list.phase,
                           static_cast<int>(index),
                           step.step_id,
                           step.argv_hash,
                           host_.clock.utc_now(),
                           is_publish(step) ? publish_mark(step, host_.files) : ""};
  Result<std::int64_t> seq = store_.record_intent(intent);
  if (!seq) return fail(seq.error());
  events_.emit(StepStarted{list.node.id, list.phase, step.step_id, step.argv});
  const std::int64_t started = host_.clock.monotonic().value;
  StepResult result = steps_.run(call);
  const Millis elapsed{host_.clock.monotonic().value - started};
  events_.emit(StepFinished{list.node.id, list.phase, step.step_id, result.exit_code, !result.error,
                            elapsed, result.message});
  Status recorded = store_.record_result(
      *seq, {host_.clock.utc_now(), result.end, result.exit_code, result.message});
  if (result.error) return fail(std::move(*result.error));
  if (!recorded) return fail(recorded.error());
  if (result.end == StepEnd::Adopted) events_.emit(Adopted{list.node.id, result.message});
  return result.end;
}

}  // namespace vmplan::exec
