// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/work.h"

#include <map>
#include <optional>

namespace vmplan::exec {
namespace {

using change::Action;
using change::Row;
using Kind = WorkItem::Kind;

bool is_undone(const Row& row, const WorkFacts& facts) {
  switch (row.action) {
    case Action::Destroy:
    case Action::Restart:
    case Action::Replace:
      return true;
    case Action::Rerun:
      return facts.still_running.contains(row.id);
    case Action::None:
    case Action::Record:
    case Action::Hold:
    case Action::Create:
    case Action::Update:
      return false;
  }
  return false;
}

bool is_done(const Row& row) {
  switch (row.action) {
    case Action::Create:
    case Action::Update:
    case Action::Rerun:
    case Action::Restart:
    case Action::Replace:
      return true;
    case Action::None:
    case Action::Record:
    case Action::Hold:
    case Action::Destroy:
      return false;
  }
  return false;
}

/// Items by node id, on the way down (undo, forget) and on the way up (do, record).
class Builder {
 public:
  Builder(const change::ChangeSet& set, const WorkFacts& facts) : set_(set), facts_(facts) {}

  Work build() {
    for (std::size_t i = 0; i < set_.rows.size(); ++i) add_items(i);
    add_up_edges();
    add_gate();
    // Stored `after` edges come from plans of different times and may contradict each other; deps
    // cannot.
    std::vector<Edge> without_teardown = work_.edges;
    add_down_edges(true);
    if (!is_acyclic(work_.items.size(), work_.edges)) {
      work_.edges = std::move(without_teardown);
      add_down_edges(false);
    }
    return std::move(work_);
  }

 private:
  using ItemsById = std::map<std::string_view, ItemId>;

  void add_items(std::size_t index) {
    const Row& row = set_.rows[index];
    const bool redone = is_done(row);
    const bool undone = is_undone(row, facts_);
    if (undone) down_[row.id] = work_.items.push(WorkItem{Kind::Undo, index, true, !redone});
    if (redone) up_[row.id] = work_.items.push(WorkItem{Kind::Do, index, !undone, true});
    if (row.action == Action::Record) {
      ItemsById& side = row.after ? up_ : down_;
      side[row.id] = work_.items.push(WorkItem{Kind::Record, index, true, true});
    }
  }

  void connect(std::optional<ItemId> before, ItemId after, Edge::Kind kind) {
    if (before) work_.edges.push_back(Edge{*before, after, kind});
  }

  static std::optional<ItemId> find(const ItemsById& items, std::string_view id) {
    auto found = items.find(id);
    if (found == items.end()) return std::nullopt;
    return found->second;
  }

  void add_up_edges() {
    for (const auto& [id, item] : up_) {
      const plan::CommandPlan& node = *set_.rows[work_.items[item].row].after;
      connect(find(down_, id), item, Edge::Kind::Needs);
      for (const std::string& dep : node.deps) connect(find(up_, dep), item, Edge::Kind::Needs);
      for (const std::string& other : node.after)
        connect(find(up_, other), item, Edge::Kind::Order);
    }
  }

  void add_down_edges(bool with_after) {
    for (const auto& [id, item] : down_) {
      const plan::CommandPlan& node = *set_.rows[work_.items[item].row].before;
      for (const std::string& dep : node.deps)
        if (std::optional<ItemId> below = find(down_, dep))
          connect(item, *below, Edge::Kind::Needs);
      if (!with_after) continue;
      for (const std::string& other : node.after)
        if (std::optional<ItemId> below = find(down_, other))
          connect(item, *below, Edge::Kind::Order);
    }
  }

  /// What is destroyed frees ports, names and memory that a create may need.
  void add_gate() {
    std::vector<ItemId> destroys;
    std::vector<ItemId> creates;
    for (std::size_t i = 0; i < work_.items.size(); ++i) {
      ItemId id = work_.items.id_at(i);
      Action action = set_.rows[work_.items[id].row].action;
      if (action == Action::Destroy) destroys.push_back(id);
      if (action == Action::Create) creates.push_back(id);
    }
    if (destroys.empty() || creates.empty()) return;
    ItemId gate = work_.items.push(WorkItem{});
    for (ItemId id : destroys) connect(id, gate, Edge::Kind::Order);
    for (ItemId id : creates) connect(gate, id, Edge::Kind::Order);
  }

  const change::ChangeSet& set_;
  const WorkFacts& facts_;
  Work work_;
  ItemsById down_;
  ItemsById up_;
};

}  // namespace

bool keeps_file(const change::AppliedNode& node, change::Action action, bool remove_disks) {
  // An unknown kind is treated as data, as everywhere.
  const bool holds_data =
      plan::kind_class(node.node.kind).value_or(plan::KindClass::Data) == plan::KindClass::Data;
  const bool may_delete = action != Action::Destroy || remove_disks;
  return holds_data && (node.adopted || !may_delete);
}

Work work_of(const change::ChangeSet& set, const WorkFacts& facts) {
  return Builder(set, facts).build();
}

}  // namespace vmplan::exec
