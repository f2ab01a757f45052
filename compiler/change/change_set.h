// SPDX-License-Identifier: Apache-2.0
// What would change, node by node: what a reviewer reads and the executor runs. Data only; diff.h
// makes it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/json.h"
#include "compiler/plan/plan.h"

namespace vmplan::change {

enum class Action : std::uint8_t {
  None,     ///< same key, result in place
  Record,   ///< only bookkeeping changed: the state is updated, nothing runs
  Hold,     ///< would have to be replaced and holds data: nothing happens
  Create,   ///< id only in after
  Update,   ///< an in-place way exists
  Restart,  ///< stop and start; nothing on disk is touched
  Rerun,    ///< same key, but the result is gone or altered
  Replace,  ///< undo the old, do the new
  Destroy,  ///< id only in before: its stored rollback runs
};
std::string_view to_text(Action action);
/// "+", "~", "^", "-/+", "=", "-", "!" or " ".
std::string_view symbol(Action action);

/// A node as it was applied, with what is known about it beyond its plan.
struct AppliedNode {
  plan::CommandPlan node;
  /// It left the plan, but its data stays on disk.
  bool kept = false;
  /// The output existed before vmplan: it is never removed.
  bool adopted = false;
};

/// The applied state, sorted by id.
using Applied = std::map<std::string, AppliedNode, std::less<>>;

/// What a look at the world said about an applied node.
enum class Presence : std::uint8_t {
  Present,         ///< as applied
  Gone,            ///< output missing, or process lost (reboot included)
  Altered,         ///< there, but not what was applied
  Crashed,         ///< process ended by itself, badly
  StoppedByGuest,  ///< the guest powered itself off
  LostData,        ///< a file that holds data vanished: never made anew silently
};

struct Observation {
  Presence presence = Presence::Present;
  /// For people: "QEMU was killed by signal 9".
  std::string detail;
};
/// By node id; a node that is not listed was not looked at and counts as present.
using Observations = std::map<std::string, Observation, std::less<>>;

/// One attribute of `spec` that differs. `before` or `after` is absent when it was added or
/// removed.
struct AttributeChange {
  /// Dotted path, list items by their name where they have one: "disks.root.format".
  std::string path;
  std::optional<Json> before;
  std::optional<Json> after;
  /// The value is secret: neither side is there, only that they differ.
  bool sensitive = false;
};

struct Reason {
  enum class Cause : std::uint8_t { Own, Upstream, Drift, New, Left, Operator };
  Cause cause = Cause::Own;
  /// One line: "its command line or an input changed", "image/base: update", "QEMU was killed by
  /// signal 9".
  std::string text;
};

struct Row {
  std::string id;
  Action action = Action::None;
  plan::Risk risk = plan::Risk::Low;
  std::vector<Reason> reasons;
  std::vector<AttributeChange> attributes;
  /// The node as applied; absent when it is not.
  std::optional<plan::CommandPlan> before;
  /// The node as planned; absent when it left the plan.
  std::optional<plan::CommandPlan> after;
  /// Data that stays although the node left the plan.
  bool kept = false;
  /// Shown beside the row: "stopped by guest".
  std::string note;
};

/// Applying the row runs a step or writes the state.
bool has_effect(const Row& row);

struct ChangeSet {
  std::string lab;
  /// Identity of what was planned; zero when the set destroys without a plan.
  Digest plan_hash;
  /// Every node of both sides, in an order in which they may be worked on: destroys (dependants
  /// first), then the others (dependencies first).
  std::vector<Row> rows;
  plan::Risk risk = plan::Risk::Low;

  std::size_t count(Action action) const;
  /// Some row has an effect.
  bool has_work() const;
};

}  // namespace vmplan::change
