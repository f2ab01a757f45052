// SPDX-License-Identifier: Apache-2.0
// The process dies at every write of the state in turn; the next apply must reach the state of an
// undisturbed run, and no step that must not run twice may have run twice.
#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/change/departed.h"
#include "compiler/plan/canonical.h"
#include "tests/support/dies_in.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/faulty_state_store.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using test::FaultyStateStore;
using test::RunLab;

/// Everything that must agree in the end.
struct World {
  std::vector<std::string> nodes;
  std::vector<std::string> files;
  friend bool operator==(const World&, const World&) = default;
};

World world_of(const RunLab& lab) {
  World out;
  const change::Applied applied = lab.store->applied().value();
  for (const auto& [id, node] : applied)
    out.nodes.push_back(fmt::format("{} kept={} adopted={}", plan::node_document(node.node),
                                    node.kept, node.adopted));
  out.files = lab.files.everything();
  return out;
}

/// How often a new disk got its name.
std::ptrdiff_t publishes(const RunLab& lab, const std::string& vm) {
  const std::string path = test::disk_path(vm);
  const std::vector<test::Access> diary = lab.files.diary();
  return std::ranges::count(diary, test::Access{"publish", path + ".vmplan-new -> " + path});
}

using Prepare = void (*)(RunLab&);
struct Scenario {
  const char* name;
  Prepare prepare;
  plan::Plan (*plan)();
};

void nothing(RunLab&) {}
void already_applied(RunLab& lab) { REQUIRE(lab.apply(test::two_machines())); }
void disk_in_the_way(RunLab& lab) {
  lab.files.put(test::disk_path("db"),
                test::fake_qcow2(Gibibytes{2}.bytes().value,
                                 "../../" + test::stored_image("base", test::kBaseBytes)));
}

plan::Plan whole_lab() { return test::two_machines(); }
plan::Plan changed_word() { return test::two_machines("-no-reboot"); }
plan::Plan only_db() {
  plan::CommandPlan base = test::image_node("base", test::kBaseBytes);
  return test::plan_with({base, test::disk_node("db", 2, &base), test::vm_node("db")});
}

const Scenario kScenarios[] = {{"create", nothing, whole_lab},
                               {"adopt", disk_in_the_way, whole_lab},
                               {"restart", already_applied, changed_word},
                               {"leave", already_applied, only_db}};

TEST_CASE("crash: at every write of the state the next apply finishes the work",
          "[executor][crash]") {
  const Scenario scenario = kScenarios[GENERATE(0, 1, 2, 3)];
  const auto fault =
      GENERATE(FaultyStateStore::Fault::DieBefore, FaultyStateStore::Fault::DieAfter);
  const plan::Plan plan = scenario.plan();

  RunLab undisturbed;
  scenario.prepare(undisturbed);
  const std::size_t launches_before = undisturbed.machines.launches().size();
  REQUIRE(undisturbed.apply(plan)->counters.failed == 0);
  const std::size_t launches = undisturbed.machines.launches().size() - launches_before;

  int crashes = 0;
  for (int n = 1;; ++n) {
    INFO(scenario.name << ", write " << n);
    RunLab lab;
    scenario.prepare(lab);
    FaultyStateStore store(*lab.store);
    store.arm(n, fault);
    if (!test::dies_in([&] { return lab.apply(plan, store, lab.files); })) break;
    ++crashes;
    Result<ExecResult> done = lab.apply(plan);
    REQUIRE(done);
    CHECK(done->counters.failed == 0);
    CHECK(world_of(lab) == world_of(undisturbed));
    CHECK(lab.machines.launches().size() - launches_before == launches);
    CHECK(publishes(lab, "web") <= 1);
    CHECK(publishes(lab, "db") <= 1);
    CHECK(lab.store->unfinished().value().empty());
    // And then there is nothing left to do.
    lab.observer.clear();
    REQUIRE(lab.apply(plan));
    CHECK(lab.observer.names() == std::vector<std::string>{"summary"});
  }
  CHECK(crashes >= 5);
}

TEST_CASE("crash: a destroy with disks that is cut off is finished by the next",
          "[executor][crash]") {
  const auto fault =
      GENERATE(FaultyStateStore::Fault::DieBefore, FaultyStateStore::Fault::DieAfter);
  for (int n = 1;; ++n) {
    INFO("write " << n);
    RunLab lab;
    already_applied(lab);
    FaultyStateStore store(*lab.store);
    store.arm(n, fault);
    const change::Applied before = lab.store->applied().value();
    std::set<std::string, std::less<>> ids;
    for (const auto& [id, node] : before) ids.insert(id);
    ExecOptions options = lab.options;
    options.remove_disks = true;
    const change::ChangeSet set = change::destroy_set(before, ids, true);
    if (!test::dies_in([&] { return execute(set, options, store, lab.host(), lab.observer); }))
      break;
    Result<ExecResult> done = lab.destroy(true);
    REQUIRE(done);
    CHECK(done->counters.failed == 0);
    CHECK(lab.store->applied().value().empty());
    CHECK(lab.store->unfinished().value().empty());
    CHECK_FALSE(lab.files.exists(test::disk_path("web")));
    CHECK(lab.machines.observe(test::run_dir("web")).state == vm::MachineState::Absent);
  }
}

TEST_CASE("crash: a plan that changed after the crash starts its node anew", "[executor][crash]") {
  for (int n = 1;; ++n) {
    INFO("write " << n);
    RunLab lab;
    FaultyStateStore store(*lab.store);
    store.arm(n, FaultyStateStore::Fault::DieAfter);
    const plan::Plan first = test::plan_with({test::disk_node("web", 1), test::vm_node("web")});
    if (!test::dies_in([&] { return lab.apply(first, store, lab.files); })) break;
    const plan::Plan changed =
        test::plan_with({test::disk_node("web", 1), test::vm_node("web", "-no-reboot")});
    Result<ExecResult> done = lab.apply(changed);
    REQUIRE(done);
    CHECK(done->counters.failed == 0);
    CHECK(lab.machines.observe(test::run_dir("web")).argv_hash ==
          changed.nodes[*changed.find("vm/web")].commands.back().argv_hash);
    CHECK(publishes(lab, "web") == 1);
    CHECK_FALSE(lab.applied("disk/web/root").adopted);
  }
}

TEST_CASE("fault: every write of the state fails in turn, and the next apply completes",
          "[executor][fault]") {
  RunLab undisturbed;
  REQUIRE(undisturbed.apply(test::two_machines()));
  for (int n = 1;; ++n) {
    INFO("write " << n);
    RunLab lab;
    FaultyStateStore store(*lab.store);
    store.arm(n, FaultyStateStore::Fault::Fail);
    Result<ExecResult> done = lab.apply(test::two_machines(), store, lab.files);
    if (store.writes() < n) break;
    const bool told = !done || done->counters.failed > 0;
    CHECK(told);
    const Error& error = !done ? done.error() : done->failures.at(0).error;
    CHECK(error.text().find("injected") != std::string::npos);
    done = lab.apply(test::two_machines());
    REQUIRE(done);
    CHECK(done->counters.failed == 0);
    CHECK(world_of(lab) == world_of(undisturbed));
    CHECK(lab.machines.launches().size() == 2);
  }
}

TEST_CASE("fault: every call of the file system fails in turn, and the next apply completes",
          "[executor][fault]") {
  const auto when =
      GENERATE(test::FaultyFileSystem::When::Before, test::FaultyFileSystem::When::After);
  RunLab undisturbed;
  REQUIRE(undisturbed.apply(test::two_machines()));
  int failures = 0;
  for (int n = 1;; ++n) {
    INFO("call " << n);
    RunLab lab;
    test::FaultyFileSystem files(lab.files);
    files.fail_call(n, {ErrorKind::NoSpace, "injected: No space left on device"}, when);
    Result<ExecResult> done = lab.apply(test::two_machines(), *lab.store, files);
    if (files.calls() < n) break;
    if (!done || done->counters.failed > 0) ++failures;
    done = lab.apply(test::two_machines());
    REQUIRE(done);
    CHECK(done->counters.failed == 0);
    World reached = world_of(lab);
    World wanted = world_of(undisturbed);
    CHECK(reached.files == wanted.files);
    CHECK(reached.nodes.size() == wanted.nodes.size());
    CHECK(lab.machines.launches().size() == 2);
    CHECK(lab.store->unfinished().value().empty());
  }
  CHECK(failures > 20);
}

TEST_CASE("fault: every process that cannot be run fails its node, and the next apply completes",
          "[executor][fault]") {
  for (const bool image_is_there : {false, true}) {
    RunLab lab;
    const plan::Plan plan = test::two_machines();
    if (image_is_there)
      REQUIRE(lab.apply(test::plan_with({test::image_node("base", test::kBaseBytes)})));
    lab.processes.push(fail(ErrorKind::Io, "injected: cannot fork"));
    Result<ExecResult> done = lab.apply(plan);
    REQUIRE(done);
    CHECK(done->counters.failed > 0);
    CHECK(done->failures.at(0).error.text().find("cannot fork") != std::string::npos);
    done = lab.apply(plan);
    REQUIRE(done);
    CHECK(done->counters.failed == 0);
  }
}

}  // namespace
}  // namespace vmplan::exec
