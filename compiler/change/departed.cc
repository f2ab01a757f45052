// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/departed.h"

#include <fmt/format.h>

#include "compiler/change/held_disk.h"
#include "compiler/change/order.h"
#include "compiler/change/row_facts.h"

namespace vmplan::change {
namespace {

/// Which nodes have a file as their output, by path.
class Users {
 public:
  void add(const plan::CommandPlan& node) {
    for (const plan::Output& output : node.outputs) by_path_.emplace(output.path, node.id);
  }
  /// A node other than `node` that has one of its outputs; empty when there is none.
  std::string_view other_user(const plan::CommandPlan& node) const {
    for (const plan::Output& output : node.outputs) {
      auto [begin, end] = by_path_.equal_range(output.path);
      for (auto it = begin; it != end; ++it)
        if (it->second != node.id) return it->second;
    }
    return {};
  }

 private:
  std::multimap<std::string_view, std::string_view> by_path_;
};

/// The row of a node that goes, its data staying where it is.
Row departed_row(const AppliedNode& applied, Reason reason) {
  Row row;
  row.id = applied.node.id;
  row.before = applied.node;
  row.reasons.push_back(std::move(reason));
  switch (class_of(applied.node)) {
    case plan::KindClass::Process:
    case plan::KindClass::Artefact:
    case plan::KindClass::Link:
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
void judge_departed_machine(const AppliedNode& applied, const Applied& before,
                            const Observations& observed, Row& row) {
  if (!is_process(applied.node) || !is_running(observed, row.id)) return;
  for (const std::string& dep : applied.node.deps) {
    auto disk = before.find(dep);
    if (disk == before.end() || !is_data(disk->second.node)) continue;
    Presence seen = presence_of(observed, dep);
    if (seen == Presence::Present) continue;
    leave_alone(row, dep, seen, true);
    row.note += fmt::format("; `vmplan destroy {}` stops it all the same", row.id);
  }
}

/// A disk whose file is another node's now must not stay as something that can be deleted.
void judge_departed_disk(const AppliedNode& applied, const Users& planned,
                         const Observations& observed, Row& row) {
  if (!row.kept) return;
  std::string_view heir = planned.other_user(applied.node);
  if (presence_of(observed, row.id) == Presence::LostData) {
    row.note = "kept on record, but its file is not there";
  } else if (!heir.empty()) {
    row.kept = false;
    row.action = Action::Record;
    row.note = fmt::format("forgotten: its file belongs to {} now", heir);
  }
}

/// A disk that is to go with its file.
void remove_with_file(const AppliedNode& applied, const Users& users, Row& row) {
  row.kept = false;
  if (std::string_view other = users.other_user(applied.node); !other.empty()) {
    row.action = Action::Record;
    row.note = fmt::format("the file stays: it is used by {}", other);
    return;
  }
  row.action = Action::Destroy;
  if (applied.node.rollback.empty()) {
    row.note = "vmplan did not make it: the file stays";
  } else {
    row.note = applied.adopted ? "adopted: the file itself stays" : "its data is deleted";
  }
}

}  // namespace

void append_departed_rows(const Applied& before, const plan::Plan& after,
                          const Observations& observed, ChangeSet& set) {
  Users planned;
  for (const plan::CommandPlan& node : after.nodes) planned.add(node);
  Applied departed;
  for (const auto& [id, applied] : before)
    if (!after.find(id)) departed.emplace(id, applied);
  for (const std::string& id : teardown_order(departed)) {
    const AppliedNode& applied = departed.at(id);
    Row row = departed_row(applied, {Reason::Cause::Left, "no longer in the plan"});
    judge_departed_machine(applied, before, observed, row);
    judge_departed_disk(applied, planned, observed, row);
    row.risk = row_risk(row);
    set.rows.push_back(std::move(row));
  }
}

ChangeSet destroy_set(const Applied& before, const std::set<std::string, std::less<>>& ids,
                      bool remove_disks) {
  ChangeSet set;
  Users users;
  for (const auto& [id, applied] : before) users.add(applied.node);
  Applied selected;
  for (const std::string& id : with_dependants(before, ids)) selected.emplace(id, before.at(id));
  for (const std::string& id : teardown_order(selected)) {
    const AppliedNode& applied = selected.at(id);
    Row row = departed_row(applied, {Reason::Cause::Operator, "asked for"});
    if (row.kept && remove_disks) remove_with_file(applied, users, row);
    // The rollback of an adopted disk is not run.
    row.risk = applied.adopted ? plan::Risk::Low : row_risk(row);
    set.risk = std::max(set.risk, row.risk);
    set.rows.push_back(std::move(row));
  }
  return set;
}

std::vector<Refusal> protected_nodes(const ChangeSet& set) {
  std::vector<Refusal> refusals;
  for (const Row& row : set.rows) {
    bool goes = row.action == Action::Destroy || row.action == Action::Replace;
    if (!goes || !row.before || !row.before->spec.bool_or("protect", false)) continue;
    refusals.push_back(
        {row.id, "it was applied with `prevent_destroy`",
         "write `prevent_destroy = false` in the profile of its machine, run `vmplan "
         "apply`, and try again"});
  }
  return refusals;
}

}  // namespace vmplan::change
