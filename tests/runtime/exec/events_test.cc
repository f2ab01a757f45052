// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/events.h"

#include <catch2/catch.hpp>
#include <thread>

#include "compiler/base/json_writer.h"
#include "tests/support/run_lab.h"
#include "tests/support/schema_file.h"

namespace vmplan::exec {
namespace {

std::string json(Happening what) {
  return canonical(to_json(Event{"2026-11-21T10:00:00Z", std::move(what)}));
}

TEST_CASE("events: the summary has exactly the counters of the command line", "[events]") {
  Counters counters;
  counters.created = 1;
  counters.failed = 2;
  CHECK(
      json(RunFinished{state::RunStatus::PartiallyFailed, counters}) ==
      R"({"adopted":0,"at":"2026-11-21T10:00:00Z","created":1,"destroyed":0,"event":"summary","failed":2,"held":0,)"
      R"("recorded":0,"replaced":0,"rerun":0,"restarted":0,"status":"partially_failed","unchanged":0,"updated":0})");
}

TEST_CASE("events: each has its name and its members", "[events]") {
  CHECK(json(RunStarted{3, Digest(), 2}).find(R"("event":"run_started")") != std::string::npos);
  CHECK(json(NodeStarted{"vm/a", change::Action::Create}) ==
        R"({"action":"create","at":"2026-11-21T10:00:00Z","event":"node_started","node":"vm/a"})");
  CHECK(
      json(StepStarted{"vm/a", state::Phase::Undo, "quit", {"x", "\n"}}) ==
      R"({"argv":["x","\n"],"at":"2026-11-21T10:00:00Z","event":"step_started","node":"vm/a","phase":"undo","step":"quit"})");
  CHECK(
      json(StepFinished{"vm/a", state::Phase::Do, "start", 1, false, Millis{5}, "why"}) ==
      R"({"at":"2026-11-21T10:00:00Z","elapsed_ms":5,"event":"step_finished","exit_code":1,"message":"why",)"
      R"("node":"vm/a","ok":false,"phase":"do","step":"start"})");
  CHECK(json(NodeFailed{"vm/a", change::Action::Rerun, "why"}).find(R"("error":"why")") !=
        std::string::npos);
  CHECK(json(NodeFinished{"vm/a"}).find("node_finished") != std::string::npos);
  CHECK(json(NodeSkipped{"vm/a"}).find("node_skipped") != std::string::npos);
  CHECK(json(Adopted{"disk/a", "fits"}).find(R"("detail":"fits")") != std::string::npos);
}

/// The members of every kind of event, by the event's name.
template <std::size_t... I>
std::map<std::string, std::set<std::string>> members_of_all(std::index_sequence<I...>) {
  std::map<std::string, std::set<std::string>> out;
  auto add = [&](Happening what) {
    Json event = to_json(Event{"2026-11-21T10:00:00Z", std::move(what)});
    out.emplace(event.string_or("event", ""), test::keys(event));
  };
  (add(std::variant_alternative_t<I, Happening>{}), ...);
  return out;
}

TEST_CASE("events: the schema knows each of them, with exactly its members", "[events]") {
  Json schema = test::schema_file("events");
  std::map<std::string, std::set<std::string>> described;
  for (const Json& one : *test::at(schema, "oneOf").if_array()) {
    std::string name(one.string_or("$ref", "").substr(std::string_view("#/$defs/").size()));
    const Json& event = test::at(schema, "$defs/" + name);
    CHECK(*test::at(event, "properties/event/const").if_string() == name);
    std::set<std::string> members = test::keys(test::at(event, "properties"));
    CHECK(test::words(test::at(event, "required")) == members);
    described.emplace(name, members);
  }
  CHECK(described == members_of_all(std::make_index_sequence<std::variant_size_v<Happening>>()));
}

TEST_CASE("events: the schema knows every word", "[events]") {
  Json schema = test::schema_file("events");
  CHECK(test::words(test::at(schema, "$defs/action/enum")) == test::all_words(&change::to_text));
  CHECK(test::words(test::at(schema, "$defs/phase/enum")) ==
        test::all_words<state::Phase>(&state::to_text));
  CHECK(test::words(test::at(schema, "$defs/summary/properties/status/enum")) ==
        test::all_words<state::RunStatus>(&state::to_text));
}

TEST_CASE("events: several threads make one stream", "[events][threads]") {
  test::RecordingObserver observer;
  test::FakeClock clock;
  EventStream stream(observer, clock);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 100; ++n) stream.emit(NodeStarted{"vm/a"});
      });
  }
  CHECK(observer.events().size() == 400);
}

}  // namespace
}  // namespace vmplan::exec
