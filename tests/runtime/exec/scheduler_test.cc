// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/scheduler.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/base/result.h"

namespace vmplan::exec {
namespace {

using EdgeKind = Edge::Kind;

/// A random graph whose edges lead from lower to higher numbers.
struct Graph {
  std::size_t items = 0;
  std::vector<Edge> edges;
};

Graph random_graph() {
  Graph graph;
  graph.items = *rc::gen::inRange<std::size_t>(1, 20);
  const auto count = *rc::gen::inRange<std::size_t>(0, 40);
  for (std::size_t i = 0; i < count && graph.items > 1; ++i) {
    const auto after = *rc::gen::inRange<std::uint32_t>(1, static_cast<std::uint32_t>(graph.items));
    const auto before = *rc::gen::inRange<std::uint32_t>(0, after);
    graph.edges.push_back({ItemId{before}, ItemId{after},
                           *rc::gen::arbitrary<bool>() ? EdgeKind::Needs : EdgeKind::Order});
  }
  return graph;
}

bool has_ended(ItemState state) {
  return state == ItemState::Done || state == ItemState::Failed || state == ItemState::Skipped;
}

/// Runs everything; `fails` says which items end badly, `width` how many run at once.
std::vector<std::uint32_t> run(Scheduler& scheduler, const Graph& graph,
                               const std::vector<bool>& fails, std::size_t width) {
  std::vector<std::uint32_t> started;
  std::vector<ItemId> running;
  while (!scheduler.settled()) {
    while (running.size() < width) {
      std::optional<ItemId> item = scheduler.next();
      if (!item) break;
      for (const Edge& edge : graph.edges) {
        if (edge.after != *item) continue;
        RC_ASSERT(has_ended(scheduler.state(edge.before)));
        if (edge.kind == EdgeKind::Needs)
          RC_ASSERT(scheduler.state(edge.before) == ItemState::Done);
      }
      started.push_back(item->index);
      running.push_back(*item);
    }
    RC_ASSERT(!running.empty());
    const auto which = *rc::gen::inRange<std::size_t>(0, running.size());
    const ItemId item = running[which];
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
    scheduler.finished(item, !fails[item.index]);
  }
  return started;
}

TEST_CASE("scheduler: every item runs once, never before what it waits for", "[scheduler]") {
  CHECK(rc::check([] {
    const Graph graph = random_graph();
    Scheduler scheduler(graph.items, graph.edges);
    std::vector<std::uint32_t> started =
        run(scheduler, graph, std::vector<bool>(graph.items), *rc::gen::inRange<std::size_t>(1, 5));
    RC_ASSERT(started.size() == graph.items);
    std::ranges::sort(started);
    for (std::uint32_t i = 0; i < graph.items; ++i) RC_ASSERT(started[i] == i);
  }));
}

TEST_CASE("scheduler: with one job the order is always the same, lowest number first",
          "[scheduler]") {
  CHECK(rc::check([] {
    const Graph graph = random_graph();
    // Edges lead upwards, so the order is that of the numbers whatever the edges are.
    Scheduler scheduler(graph.items, graph.edges);
    std::vector<std::uint32_t> started = run(scheduler, graph, std::vector<bool>(graph.items), 1);
    for (std::uint32_t i = 0; i < graph.items; ++i) RC_ASSERT(started[i] == i);
  }));
}

TEST_CASE("scheduler: exactly what needs a failed item is skipped", "[scheduler]") {
  CHECK(rc::check([] {
    const Graph graph = random_graph();
    const auto fails =
        *rc::gen::container<std::vector<bool>>(graph.items, rc::gen::arbitrary<bool>());
    Scheduler scheduler(graph.items, graph.edges);
    run(scheduler, graph, fails, *rc::gen::inRange<std::size_t>(1, 5));
    std::vector<bool> doomed(graph.items);
    for (std::uint32_t i = 0; i < graph.items; ++i)
      for (const Edge& edge : graph.edges)
        if (edge.after.index == i && edge.kind == EdgeKind::Needs &&
            (doomed[edge.before.index] || fails[edge.before.index]))
          doomed[i] = true;
    for (std::uint32_t i = 0; i < graph.items; ++i) {
      const ItemState expected = doomed[i]  ? ItemState::Skipped
                                 : fails[i] ? ItemState::Failed
                                            : ItemState::Done;
      RC_ASSERT(scheduler.state(ItemId{i}) == expected);
    }
  }));
}

TEST_CASE("scheduler: an order edge waits and does not doom", "[scheduler]") {
  Scheduler scheduler(2, {{ItemId{0}, ItemId{1}, EdgeKind::Order}});
  REQUIRE(scheduler.next() == ItemId{0});
  CHECK_FALSE(scheduler.next());
  scheduler.finished(ItemId{0}, false);
  CHECK(scheduler.next() == ItemId{1});
}

TEST_CASE("scheduler: drain starts nothing new and lets what runs end", "[scheduler]") {
  Scheduler scheduler(3, {{ItemId{0}, ItemId{2}, EdgeKind::Needs}});
  REQUIRE(scheduler.next() == ItemId{0});
  scheduler.drain();
  CHECK_FALSE(scheduler.next());
  CHECK_FALSE(scheduler.settled());
  scheduler.finished(ItemId{0}, true);
  CHECK(scheduler.settled());
  CHECK(scheduler.state(ItemId{0}) == ItemState::Done);
  CHECK(scheduler.state(ItemId{1}) == ItemState::Skipped);
  CHECK(scheduler.state(ItemId{2}) == ItemState::Skipped);
}

TEST_CASE("scheduler: what the picture does not show is refused", "[scheduler]") {
  Scheduler scheduler(2, {{ItemId{0}, ItemId{1}, EdgeKind::Needs}});
  CHECK_THROWS_AS(scheduler.finished(ItemId{0}, true), InternalError);
  CHECK_THROWS_AS(scheduler.finished(ItemId{1}, true), InternalError);
  REQUIRE(scheduler.next() == ItemId{0});
  scheduler.finished(ItemId{0}, true);
  CHECK_THROWS_AS(scheduler.finished(ItemId{0}, true), InternalError);
  CHECK_THROWS_AS(Scheduler(2, {{ItemId{0}, ItemId{1}, EdgeKind::Needs},
                                {ItemId{1}, ItemId{0}, EdgeKind::Order}}),
                  InternalError);
}

}  // namespace
}  // namespace vmplan::exec
