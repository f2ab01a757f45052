// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/change/classify.h"
#include "compiler/change/held_disk.h"
#include "compiler/change/order.h"
#include "compiler/change/spec_diff.h"
#include "compiler/plan/judge.h"

namespace vmplan::change {
namespace {

plan::KindClass class_of(const plan::CommandPlan& node) {
  // An unknown kind is treated as data: nothing is ever done to it.
  return plan::kind_class(node.kind).value_or(plan::KindClass::Data);
}

/// The risk of what the row will run, not of all the node could do.
plan::Risk row_risk(const Row& row) {
  switch (row.action) {
    case Action::None:
    case Action::Record:
    case Action::Hold:
      return plan::Risk::Low;
    case Action::Create:
    case Action::Update:
    case Action::Rerun:
      return plan::steps_risk(row.after->commands);
    case Action::Restart:
    case Action::Replace:
      return std::max(plan::steps_risk(row.before->rollback),
                      plan::steps_risk(row.after->commands));
    case Action::Destroy:
      return plan::steps_risk(row.before->rollback);
  }
  return plan::Risk::Critical;
}

bool is_process(const plan::CommandPlan& node) {
  return class_of(node) == plan::KindClass::Process;
}

/// True when the row stops or starts something.
bool stops_or_starts(Action action) {
  switch (action) {
    case Action::None:
    case Action::Record:
    case Action::Hold:
      return false;
    case Action::Create:
    case Action::Update:
    case Action::Restart:
    case Action::Rerun:
    case Action::Replace:
    case Action::Destroy:
      return true;
  }
  return true;
}

/// Leaves the process of a row as it is, because of a disk that it rests on.
void leave_alone(Row& row, const std::string& disk, const Observations& observed, bool running) {
  row.action = Action::Hold;
  row.reasons.push_back(
      {Reason::Cause::Upstream, reason_to_leave_alone(disk, presence_of(observed, disk), running)});
  if (running)
    row.note = "the running machine still has the file open: copy its data away before you stop it";
}

/// Builds the rows of nodes that are planned, dependencies first, so that a row sees what its
/// dependencies do.
class PlannedRows {
 public:
  PlannedRows(const Applied& before, const plan::Plan& after, const Observations& observed,
              const DiffOptions& options, Difference& out)
      : before_(before), after_(after), observed_(observed), options_(options), out_(out) {}

  void build() {
    std::optional<std::vector<plan::NodeId>> order = plan::topological_order(after_);
    if (!order) throw InternalError("the plan has a cycle");
    for (plan::NodeId id : *order) {
      Row row = row_for(after_.nodes[id]);
      row.risk = row_risk(row);
      action_by_id_[row.id] = row.action;
      out_.set.rows.push_back(std::move(row));
    }
  }

 private:
  Row row_for(const plan::CommandPlan& node) {
    Row row;
    row.id = node.id;
    auto applied = before_.find(node.id);
    if (applied == before_.end()) {
      row.action = Action::Create;
      row.after = node;
      row.reasons.push_back({Reason::Cause::New, "new in the plan"});
      judge_disks(node, false, row);
      return row;
    }
    const plan::CommandPlan& old = applied->second.node;
    judge_change(old, node, row);
    judge_presence(old, node, row);
    judge_disks(node, is_running(observed_, node.id), row);
    if (row.action == Action::None && applied->second.kept) {
      row.action = Action::Record;
      row.reasons.push_back({Reason::Cause::New, "it is back in the plan"});
    }
    if (row.action != Action::None) {
      row.before = old;
      row.after = node;
    }
    return row;
  }

  void judge_change(const plan::CommandPlan& old, const plan::CommandPlan& node, Row& row) {
    if (old.key == node.key) return;
    row.action = Action::Record;
    if (old.own != node.own) {
      Verdict verdict = classify_own(old, node);
      row.action = verdict.action;
      row.reasons.push_back({Reason::Cause::Own, std::move(verdict.reason)});
      row.attributes = spec_diff(old.spec, node.spec);
      if (verdict.refusal) out_.refusals.push_back(std::move(*verdict.refusal));
    }
    for (const std::string& dep : node.deps) judge_upstream(dep, node, row);
    if (row.reasons.empty())
      row.reasons.push_back({Reason::Cause::Upstream, "something it rests on has another key"});
  }

  /// Only a dependency that stops or is remade reaches its dependants.
  void judge_upstream(const std::string& dep, const plan::CommandPlan& node, Row& row) {
    auto found = action_by_id_.find(dep);
    if (found == action_by_id_.end() || found->second == Action::None) return;
    bool remade = found->second == Action::Replace || found->second == Action::Restart;
    if (remade && is_process(node)) row.action = Action::Restart;
    row.reasons.push_back(
        {Reason::Cause::Upstream, fmt::format("{}: {}", dep, to_text(found->second))});
  }

  void judge_presence(const plan::CommandPlan& old, const plan::CommandPlan& node, Row& row) {
    auto seen = observed_.find(node.id);
    if (seen == observed_.end() || seen->second.presence == Presence::Present) return;
    const Observation& observation = seen->second;
    Reason drift{Reason::Cause::Drift, observation.detail};
    switch (observation.presence) {
      case Presence::Present:
        return;
      case Presence::StoppedByGuest:
        judge_stopped_by_guest(node, row);
        return;
      case Presence::LostData:
        row.action = Action::Hold;
        row.note = fmt::format(
            "data is lost: put the file back, or run `vmplan destroy {} --disks` to have it made "
            "anew",
            node.id);
        break;
      case Presence::Gone:
      case Presence::Crashed:
      case Presence::Altered:
        // A process that is gone needs no stopping; one that runs something else does.
        if (is_process(node) && observation.presence == Presence::Altered) {
          row.action = Action::Restart;
        } else if (class_of(old) != plan::KindClass::Data) {
          row.action = Action::Rerun;
        } else {
          row.action = Action::Hold;
        }
        break;
    }
    row.reasons.push_back(std::move(drift));
  }

  void judge_stopped_by_guest(const plan::CommandPlan& node, Row& row) {
    if (options_.start.contains(node.id)) {
      row.action = Action::Rerun;
      row.reasons.push_back(
          {Reason::Cause::Operator, "stopped by its guest, and named to be started"});
      return;
    }
    // A changed machine that is off stays off: the next start uses what is recorded now.
    row.action = row.action == Action::None ? Action::None : Action::Record;
    row.note = "stopped by guest; name it as a target to start it";
  }

  /// A process whose disk is held goes on as it is, where going on differently would need the disk.
  void judge_disks(const plan::CommandPlan& node, bool running, Row& row) {
    if (row.action == Action::None || !is_process(node)) return;
    for (const std::string& dep : node.deps) {
      auto found = action_by_id_.find(dep);
      if (found == action_by_id_.end() || found->second != Action::Hold) continue;
      if (presence_of(observed_, dep) != Presence::Present && stops_or_starts(row.action))
        leave_alone(row, dep, observed_, running);
      judge_other_form(dep, row);
    }
  }

  void judge_other_form(const std::string& dep, Row& row) {
    std::optional<plan::NodeId> planned = after_.find(dep);
    auto applied = before_.find(dep);
    if (!planned || applied == before_.end()) return;
    if (!hold_blocks_dependants(applied->second.node, after_.nodes[*planned])) return;
    row.action = Action::Hold;
    row.reasons.push_back({Reason::Cause::Upstream,
                           fmt::format("{} is held and this would open it differently", dep)});
  }

  const Applied& before_;
  const plan::Plan& after_;
  const Observations& observed_;
  const DiffOptions& options_;
  Difference& out_;
  std::map<std::string, Action, std::less<>> action_by_id_;
};

/// The row of a node that left the plan.
Row departed_row(const AppliedNode& applied) {
  Row row;
  row.id = applied.node.id;
  row.before = applied.node;
  row.reasons.push_back({Reason::Cause::Left, "no longer in the plan"});
  switch (class_of(applied.node)) {
    case plan::KindClass::Process:
      row.action = Action::Destroy;
      break;
    case plan::KindClass::Content:
      row.action = Action::Record;
      row.note = "its file stays in the store";
      break;
    case plan::KindClass::Data:
      row.kept = true;
      row.action = applied.kept ? Action::None : Action::Record;
      row.note = "kept: its data stays on disk";
      break;
  }
  return row;
}

/// A machine whose profile is gone is stopped, unless the data of its disk lives on only in the
/// file that it holds open.
void judge_departed_disks(const AppliedNode& applied, const Applied& before,
                          const Observations& observed, Row& row) {
  if (!is_process(applied.node) || !is_running(observed, row.id)) return;
  for (const std::string& dep : applied.node.deps) {
    auto disk = before.find(dep);
    if (disk == before.end() || class_of(disk->second.node) != plan::KindClass::Data) continue;
    if (presence_of(observed, dep) == Presence::Present) continue;
    leave_alone(row, dep, observed, true);
    row.note += fmt::format("; `vmplan destroy {}` stops it all the same", row.id);
  }
}

/// Rows of everything that left the plan, dependants first.
void append_departed_rows(const Applied& before, const plan::Plan& after,
                          const Observations& observed, ChangeSet& set) {
  Applied departed;
  for (const auto& [id, applied] : before)
    if (!after.find(id)) departed.emplace(id, applied);
  for (const std::string& id : teardown_order(departed)) {
    const AppliedNode& applied = departed.at(id);
    Row row = departed_row(applied);
    if (row.kept && presence_of(observed, id) == Presence::LostData)
      row.note = "kept on record, but its file is not there";
    judge_departed_disks(applied, before, observed, row);
    row.risk = row_risk(row);
    set.rows.push_back(std::move(row));
  }
}

void finish(ChangeSet& set) {
  for (const Row& row : set.rows) set.risk = std::max(set.risk, row.risk);
}

}  // namespace

Difference diff(const Applied& before, const plan::Plan& after, const Observations& observed,
                const DiffOptions& options) {
  Difference out;
  out.set.lab = after.lab;
  out.set.plan_hash = plan::plan_hash(after);
  append_departed_rows(before, after, observed, out.set);
  PlannedRows(before, after, observed, options, out).build();
  finish(out.set);
  return out;
}

ChangeSet destroy_set(const Applied& before, const std::set<std::string, std::less<>>& ids,
                      bool remove_disks) {
  ChangeSet set;
  Applied selected;
  for (const std::string& id : with_dependants(before, ids)) selected.emplace(id, before.at(id));
  for (const std::string& id : teardown_order(selected)) {
    const AppliedNode& applied = selected.at(id);
    Row row = departed_row(applied);
    row.reasons = {{Reason::Cause::Operator, "asked for"}};
    if (row.kept && remove_disks) {
      row.kept = false;
      row.action = Action::Destroy;
      row.note = applied.adopted ? "adopted: the file itself stays" : "its data is deleted";
    }
    row.risk = row_risk(row);
    set.rows.push_back(std::move(row));
  }
  finish(set);
  return set;
}

void restrict_to(ChangeSet& set, const plan::Plan& plan,
                 const std::set<std::string, std::less<>>& ids) {
  std::set<std::string, std::less<>> wanted = with_dependencies(plan, ids);
  std::erase_if(set.rows, [&](const Row& row) { return !wanted.contains(row.id); });
  set.risk = plan::Risk::Low;
  finish(set);
}

}  // namespace vmplan::change
