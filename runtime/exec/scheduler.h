// SPDX-License-Identifier: Apache-2.0
// Which piece of work may start now. A pure state machine over numbered items; it knows no steps,
// threads or time. The picture of its states is in docs/executor.md.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "compiler/base/dense_map.h"

namespace vmplan::exec {

struct ItemTag {};
using ItemId = Id<ItemTag>;

enum class ItemState : std::uint8_t {
  Waiting,  ///< for items before it
  Ready,
  Running,
  Done,
  Failed,
  Skipped,  ///< never started: something it needs failed, or the run was drained
};

/// `after` starts when `before` has ended. Needs: only if it ended well. Order: whatever its end.
struct Edge {
  enum class Kind : std::uint8_t { Needs, Order };
  ItemId before;
  ItemId after;
  Kind kind = Kind::Needs;
  friend bool operator==(const Edge&, const Edge&) = default;
};

/// True when the edges can be obeyed.
bool is_acyclic(std::size_t items, const std::vector<Edge>& edges);

class Scheduler {
 public:
  /// Requires: is_acyclic(items, edges); throws InternalError otherwise.
  Scheduler(std::size_t items, const std::vector<Edge>& edges);

  /// The ready item with the lowest number, which is running from here on.
  std::optional<ItemId> next();
  /// Requires: the item is running.
  void finished(ItemId item, bool ok);
  /// Nothing new starts: what is waiting or ready is skipped.
  void drain();

  ItemState state(ItemId item) const { return items_[item].state; }
  /// True when no item is waiting, ready or running.
  bool settled() const { return open_ == 0; }

 private:
  struct Item {
    ItemState state = ItemState::Waiting;
    /// Items before it that have not ended.
    std::uint32_t waits_for = 0;
    /// Something that it needs ended badly.
    bool doomed = false;
    std::vector<Edge> out;
  };
  /// Every change of a state goes through here. Throws InternalError for one that the picture does
  /// not show.
  void transition(ItemId id, ItemState to);
  /// Tells the items behind an ended one; skips those that cannot be reached any more.
  void release_dependants(ItemId first);
  /// A waiting item with nothing left to wait for.
  void settle(ItemId id, std::vector<ItemId>& ended);

  DenseMap<ItemId, Item> items_;
  std::set<std::uint32_t> ready_;
  std::size_t open_ = 0;
};

}  // namespace vmplan::exec
