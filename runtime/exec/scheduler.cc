// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/scheduler.h"

#include "compiler/base/result.h"

namespace vmplan::exec {
namespace {

bool has_ended(ItemState state) {
  return state == ItemState::Done || state == ItemState::Failed || state == ItemState::Skipped;
}

/// The arrows of the picture.
bool is_legal(ItemState from, ItemState to) {
  switch (from) {
    case ItemState::Waiting:
      return to == ItemState::Ready || to == ItemState::Skipped;
    case ItemState::Ready:
      return to == ItemState::Running || to == ItemState::Skipped;
    case ItemState::Running:
      return to == ItemState::Done || to == ItemState::Failed;
    case ItemState::Done:
    case ItemState::Failed:
    case ItemState::Skipped:
      return false;
  }
  return false;
}

}  // namespace

bool is_acyclic(std::size_t items, const std::vector<Edge>& edges) {
  std::vector<std::uint32_t> waits_for(items);
  std::vector<std::vector<std::uint32_t>> out(items);
  for (const Edge& edge : edges) {
    out[edge.before.index].push_back(edge.after.index);
    ++waits_for[edge.after.index];
  }
  std::vector<std::uint32_t> free;
  for (std::uint32_t i = 0; i < items; ++i)
    if (waits_for[i] == 0) free.push_back(i);
  std::size_t reached = 0;
  while (!free.empty()) {
    std::uint32_t item = free.back();
    free.pop_back();
    ++reached;
    for (std::uint32_t next : out[item])
      if (--waits_for[next] == 0) free.push_back(next);
  }
  return reached == items;
}

Scheduler::Scheduler(std::size_t items, const std::vector<Edge>& edges)
    : items_(items), open_(items) {
  if (!is_acyclic(items, edges)) throw InternalError("the work has a cycle");
  for (const Edge& edge : edges) {
    items_[edge.before].out.push_back(edge);
    ++items_[edge.after].waits_for;
  }
  for (std::size_t i = 0; i < items; ++i) {
    ItemId item = items_.id_at(i);
    if (items_[item].waits_for == 0) transition(item, ItemState::Ready);
  }
}

void Scheduler::transition(ItemId id, ItemState to) {
  Item& item = items_[id];
  if (!is_legal(item.state, to)) throw InternalError("an illegal change of a work item's state");
  if (item.state == ItemState::Ready) ready_.erase(id.index);
  item.state = to;
  if (to == ItemState::Ready) ready_.insert(id.index);
  if (has_ended(to)) --open_;
}

std::optional<ItemId> Scheduler::next() {
  if (ready_.empty()) return std::nullopt;
  ItemId item{*ready_.begin()};
  transition(item, ItemState::Running);
  return item;
}

void Scheduler::finished(ItemId item, bool ok) {
  transition(item, ok ? ItemState::Done : ItemState::Failed);
  release_dependants(item);
}

void Scheduler::release_dependants(ItemId first) {
  std::vector<ItemId> ended = {first};
  while (!ended.empty()) {
    ItemId item = ended.back();
    ended.pop_back();
    const bool well = items_[item].state == ItemState::Done;
    for (const Edge& edge : items_[item].out) {
      Item& next = items_[edge.after];
      --next.waits_for;
      if (edge.kind == Edge::Kind::Needs && !well) next.doomed = true;
      settle(edge.after, ended);
    }
  }
}

void Scheduler::settle(ItemId id, std::vector<ItemId>& ended) {
  const Item& item = items_[id];
  if (item.state != ItemState::Waiting || item.waits_for > 0) return;
  transition(id, item.doomed ? ItemState::Skipped : ItemState::Ready);
  if (item.doomed) ended.push_back(id);
}

void Scheduler::drain() {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    ItemId item = items_.id_at(i);
    if (items_[item].state == ItemState::Waiting || items_[item].state == ItemState::Ready)
      transition(item, ItemState::Skipped);
  }
}

}  // namespace vmplan::exec
