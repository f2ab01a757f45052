// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/change/classify.h"
#include "compiler/change/departed.h"
#include "compiler/change/held_disk.h"
#include "compiler/change/order.h"
#include "compiler/change/row_facts.h"
#include "compiler/change/spec_diff.h"

namespace vmplan::change {
namespace {

std::string lost_data_note(std::string_view id) {
  return fmt::format(
      "data is lost: put the file back, or run `vmplan destroy {} --disks` to have it made anew",
      id);
}

/// Builds the rows of nodes that are planned, dependencies first, so that a row sees what its
/// dependencies do.
class PlannedRows {
 public:
  PlannedRows(const Applied& before, const plan::Plan& after, const Observations& observed,
              const DiffOptions& options, Difference& out)
      : before_(before), after_(after), observed_(observed), options_(options), out_(out) {
    for (const auto& [id, observation] : observed_)
      if (auto lost = before_.find(id);
          lost != before_.end() && observation.presence == Presence::LostData)
        for (const plan::Output& output : lost->second.node.outputs)
          lost_files_.emplace(output.path, id);
  }

  void build() {
    std::optional<std::vector<plan::NodeId>> order = plan::topological_order(after_);
    if (!order) throw InternalError("the plan has a cycle");
    for (plan::NodeId id : *order) {
      Row row = row_for(after_.nodes[id]);
      row.risk = row_risk(row);
      action_by_id_[row.id] = row.action;
      out_.set.rows.push_back(std::move(row));
    }
    hold_what_held_machines_use();
  }

 private:
  /// A machine that goes on as it is keeps what it has open. Were that remade and recorded, nothing
  /// would tell any more that the machine runs on the old one.
  void hold_what_held_machines_use() {
    std::map<std::string_view, Row*> remade;
    for (Row& row : out_.set.rows)
      if (row.action == Action::Replace && class_of(*row.after) == plan::KindClass::Artefact)
        remade.emplace(row.id, &row);
    if (remade.empty()) return;
    for (const Row& row : out_.set.rows) {
      if (row.action != Action::Hold || !row.after || !is_process(*row.after)) continue;
      for (const std::string& dep : row.after->deps) {
        auto found = remade.find(dep);
        if (found == remade.end()) continue;
        found->second->action = Action::Hold;
        found->second->risk = row_risk(*found->second);
        found->second->note = fmt::format("{} is held, and uses it as it is", row.id);
      }
    }
  }

  Row row_for(const plan::CommandPlan& node) {
    Row row;
    row.id = node.id;
    auto applied = before_.find(node.id);
    if (applied == before_.end()) {
      row.action = Action::Create;
      row.after = node;
      row.reasons.push_back({Reason::Cause::New, "new in the plan"});
      judge_lost_before(node, row);
      judge_disks(node, false, row);
      return row;
    }
    const plan::CommandPlan& old = applied->second.node;
    judge_change(old, node, row);
    judge_presence(old, node, row);
    judge_links(node, row);
    judge_disks(node, is_running(observed_, node.id), row);
    judge_unasked_restart(node, row);
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

  /// A disk is no less lost when it is asked for under another name.
  void judge_lost_before(const plan::CommandPlan& node, Row& row) {
    if (!is_data(node)) return;
    for (const plan::Output& output : node.outputs) {
      auto found = lost_files_.find(output.path);
      if (found == lost_files_.end()) continue;
      row.action = Action::Hold;
      row.reasons.push_back({Reason::Cause::Drift,
                             fmt::format("`{}` was {} and is gone", output.path, found->second)});
      row.note = lost_data_note(found->second);
    }
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
        row.note = lost_data_note(node.id);
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
    if (options_.named.contains(node.id)) {
      row.action = Action::Rerun;
      row.reasons.push_back(
          {Reason::Cause::Operator, "stopped by its guest, and named to be started"});
      return;
    }
    // A changed machine that is off stays off: the next start uses what is recorded now.
    row.action = row.action == Action::None ? Action::None : Action::Record;
    row.note = "stopped by guest; name it as a target to start it";
  }

  /// A machine holds its taps open: one that is made anew under its name is another device, and the
  /// machine would go on talking into the old one.
  void judge_links(const plan::CommandPlan& node, Row& row) {
    if (!is_process(node) || !is_running(observed_, node.id)) return;
    for (const std::string& dep : node.deps) {
      auto found = before_.find(dep);
      if (found == before_.end() || !is_link(found->second.node)) continue;
      if (presence_of(observed_, dep) != Presence::Gone) continue;
      row.action = Action::Restart;
      row.reasons.push_back({Reason::Cause::Upstream, fmt::format("{} is made anew", dep)});
    }
  }

  /// `on_change = "never"`: a machine that runs is stopped only when somebody names it.
  void judge_unasked_restart(const plan::CommandPlan& node, Row& row) {
    if (row.action != Action::Restart || options_.named.contains(node.id)) return;
    const Json* lifecycle = node.spec.find("lifecycle");
    if (lifecycle == nullptr || lifecycle->string_or("on_change", "") != "never") return;
    row.action = Action::Hold;
    row.note = fmt::format("`on_change` is never: `vmplan apply {}` restarts it", node.id);
  }

  /// A process whose disk is held goes on as it is, where going on differently would need the disk.
  void judge_disks(const plan::CommandPlan& node, bool running, Row& row) {
    if (row.action == Action::None || !is_process(node)) return;
    for (const std::string& dep : node.deps) {
      auto found = action_by_id_.find(dep);
      if (found == action_by_id_.end() || found->second != Action::Hold) continue;
      // A disk that is held and was never applied is not made now either.
      const bool is_applied = before_.contains(dep);
      Presence seen = is_applied ? presence_of(observed_, dep) : Presence::LostData;
      if (seen != Presence::Present && runs_steps(row.action))
        leave_alone(row, dep, seen, running && is_applied);
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
  /// Ids of the disks whose file vanished, by path.
  std::map<std::string_view, std::string_view> lost_files_;
};

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
  for (Refusal& refusal : protected_nodes(out.set)) out.refusals.push_back(std::move(refusal));
  finish(out.set);
  return out;
}

void restrict_to(Difference& difference, const plan::Plan& plan,
                 const std::set<std::string, std::less<>>& ids) {
  std::set<std::string, std::less<>> wanted = with_dependencies(plan, ids);
  std::erase_if(difference.set.rows, [&](const Row& row) { return !wanted.contains(row.id); });
  std::erase_if(difference.refusals,
                [&](const Refusal& refusal) { return !wanted.contains(refusal.id); });
  difference.set.risk = plan::Risk::Low;
  finish(difference.set);
}

}  // namespace vmplan::change
