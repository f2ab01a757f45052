// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/work.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/run_nodes.h"

namespace vmplan::exec {
namespace {

using change::Action;
using change::Row;
using ItemKind = WorkItem::Kind;

Row row(Action action, const plan::CommandPlan& node) {
  Row out;
  out.id = node.id;
  out.action = action;
  if (action != Action::Create) out.before = node;
  if (action != Action::Destroy) out.after = node;
  return out;
}

/// "undo vm/web" and so on, in the order in which one worker runs them.
std::vector<std::string> order(const change::ChangeSet& set, const WorkFacts& facts = {}) {
  Work work = work_of(set, facts);
  Scheduler scheduler(work.items.size(), work.edges);
  std::vector<std::string> out;
  while (std::optional<ItemId> id = scheduler.next()) {
    const WorkItem& item = work.items[*id];
    static constexpr const char* kNames[] = {"undo ", "do ", "record ", "gate"};
    std::string name = kNames[static_cast<int>(item.kind)];
    out.push_back(item.kind == ItemKind::Gate ? name : name + set.rows[item.row].id);
    scheduler.finished(*id, true);
  }
  return out;
}

TEST_CASE("work: a create makes its dependencies first, wherever the rows stand", "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::Create, test::vm_node("web")),
              row(Action::Create, test::disk_node("web", 1))};
  CHECK(order(set) == std::vector<std::string>{"do disk/web/root", "do vm/web"});
}

TEST_CASE("work: a destroy takes dependants away first", "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::Destroy, test::disk_node("web", 1)),
              row(Action::Destroy, test::vm_node("web"))};
  CHECK(order(set) == std::vector<std::string>{"undo vm/web", "undo disk/web/root"});
}

TEST_CASE("work: restart and replace undo before they do", "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::Replace, test::disk_node("web", 1)),
              row(Action::Restart, test::vm_node("web"))};
  CHECK(order(set) == std::vector<std::string>{"undo vm/web", "undo disk/web/root",
                                               "do disk/web/root", "do vm/web"});
  Work work = work_of(set);
  CHECK(work.items[ItemId{0}].is_first);
  CHECK_FALSE(work.items[ItemId{0}].is_last);
  CHECK_FALSE(work.items[ItemId{1}].is_first);
  CHECK(work.items[ItemId{1}].is_last);
}

TEST_CASE("work: creates come after all destroys, even failed ones", "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::Create, test::disk_node("new", 1)),
              row(Action::Destroy, test::vm_node("old"))};
  CHECK(order(set) == std::vector<std::string>{"undo vm/old", "gate", "do disk/new/root"});
  Work work = work_of(set);
  Scheduler scheduler(work.items.size(), work.edges);
  scheduler.finished(*scheduler.next(), false);
  scheduler.finished(*scheduler.next(), true);
  CHECK(scheduler.next());
}

TEST_CASE("work: a rerun is stopped first only when it runs", "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::Rerun, test::vm_node("web"))};
  CHECK(order(set) == std::vector<std::string>{"do vm/web"});
  WorkFacts facts;
  facts.still_running = {"vm/web"};
  CHECK(order(set, facts) == std::vector<std::string>{"undo vm/web", "do vm/web"});
}

TEST_CASE("work: none and hold are no work, record waits for what it rests on", "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::None, test::disk_node("a", 1)),
              row(Action::Hold, test::disk_node("b", 1)), row(Action::Record, test::vm_node("web")),
              row(Action::Create, test::disk_node("web", 1))};
  CHECK(order(set) == std::vector<std::string>{"do disk/web/root", "record vm/web"});
}

TEST_CASE("work: `after` orders both ways and does not doom", "[work]") {
  change::ChangeSet up;
  up.rows = {row(Action::Create, test::vm_node("web", "-S", {"db"})),
             row(Action::Create, test::vm_node("db"))};
  CHECK(order(up) == std::vector<std::string>{"do vm/db", "do vm/web"});
  change::ChangeSet down;
  down.rows = {row(Action::Destroy, test::vm_node("db")),
               row(Action::Destroy, test::vm_node("web", "-S", {"db"}))};
  CHECK(order(down) == std::vector<std::string>{"undo vm/web", "undo vm/db"});
  for (const Edge& edge : work_of(up).edges) CHECK(edge.kind == Edge::Kind::Order);
}

TEST_CASE("work: stored `after` edges that contradict each other do not block a teardown",
          "[work]") {
  change::ChangeSet set;
  set.rows = {row(Action::Destroy, test::vm_node("a", "-S", {"b"})),
              row(Action::Destroy, test::vm_node("b", "-S", {"a"})),
              row(Action::Destroy, test::disk_node("a", 1))};
  CHECK(order(set) == std::vector<std::string>{"undo vm/a", "undo vm/b", "undo disk/a/root"});
}

}  // namespace
}  // namespace vmplan::exec
