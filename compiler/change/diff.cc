// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/change/classify.h"
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
      return row;
    }
    const plan::CommandPlan& old = applied->second.node;
    judge_change(old, node, row);
    judge_presence(old, node, row);
    judge_blocked_by_hold(node, row);
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
    if (remade && class_of(node) == plan::KindClass::Process) row.action = Action::Restart;
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
        if (class_of(node) == plan::KindClass::Process &&
            observation.presence == Presence::Altered) {
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

  void judge_blocked_by_hold(const plan::CommandPlan& node, Row& row) {
    if (row.action == Action::None || class_of(node) != plan::KindClass::Process) return;
    for (const std::string& dep : node.deps) {
      auto found = action_by_id_.find(dep);
      if (found == action_by_id_.end() || found->second != Action::Hold) continue;
      std::optional<plan::NodeId> planned = after_.find(dep);
      auto applied = before_.find(dep);
      if (!planned || applied == before_.end()) continue;
      if (!hold_blocks_dependants(applied->second.node, after_.nodes[*planned])) continue;
      row.action = Action::Hold;
      row.reasons.push_back({Reason::Cause::Upstream,
                             fmt::format("{} is held and this would open it differently", dep)});
    }
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
  row.risk = row_risk(row);
  return row;
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
  Applied departed;
  for (const auto& [id, applied] : before)
    if (!after.find(id)) departed.emplace(id, applied);
  for (const std::string& id : teardown_order(departed))
    out.set.rows.push_back(departed_row(departed.at(id)));
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
      row.risk = row_risk(row);
    }
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
