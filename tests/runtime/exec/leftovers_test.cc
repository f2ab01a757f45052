// SPDX-License-Identifier: Apache-2.0
// What an unfinished run began and no later one continues.
#include "runtime/exec/leftovers.h"

#include <catch2/catch.hpp>

#include "compiler/change/departed.h"
#include "tests/support/faulty_state_store.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using test::FaultyStateStore;
using test::RunLab;

plan::Plan old_disk() { return test::plan_with({test::disk_node("old", 1)}); }
plan::Plan new_disk() { return test::plan_with({test::disk_node("new", 1)}); }
std::string unpublished(const std::string& vm) { return test::disk_path(vm) + ".vmplan-new"; }

/// A lab in which a disk was made, and nothing that came after it.
struct CutOff : RunLab {
  CutOff() {
    processes.answer_with([this](const os::ProcessSpec& spec) -> Result<os::ProcessExit> {
      files.put(spec.argv[spec.argv.size() - 2].substr(2),
                test::fake_qcow2(Gibibytes{1}.bytes().value));
      if (dies) throw test::SimulatedCrash();
      return os::ProcessExit{};
    });
    CHECK_THROWS_AS(apply(old_disk()), test::SimulatedCrash);
    dies = false;
    REQUIRE(files.exists(unpublished("old")));
    REQUIRE(store->unfinished()->size() == 1);
  }
  bool dies = true;
};

}  // namespace

TEST_CASE("leftovers: a half-made disk that left the plan is forgotten, with its unpublished file",
          "[executor]") {
  CutOff lab;
  Result<ExecResult> done = lab.apply(new_disk());
  REQUIRE(done);
  CHECK(done->counters.created == 1);
  CHECK(lab.store->unfinished()->empty());
  CHECK_FALSE(lab.files.exists(unpublished("old")));
  CHECK(lab.files.exists(test::disk_path("new")));
}

TEST_CASE("leftovers: destroy takes half-made disks away too", "[executor]") {
  CutOff lab;
  const bool remove_disks = GENERATE(true, false);
  REQUIRE(lab.destroy(remove_disks));
  CHECK(lab.store->unfinished()->empty());
  CHECK_FALSE(lab.files.exists(unpublished("old")));
}

TEST_CASE("leftovers: a half-made disk that is still wanted is continued, its file is not touched",
          "[executor]") {
  CutOff lab;
  const change::Difference difference = change::diff({}, old_disk(), {});
  const Leftovers leftovers =
      leftovers_of(lab.store->unfinished().value(), difference.set, {"disk/old/root"});
  CHECK(leftovers.abandoned.empty());
  CHECK(leftovers.half_started.empty());
  REQUIRE(lab.apply(old_disk()));
  CHECK(lab.store->unfinished()->empty());
  CHECK_FALSE(lab.applied("disk/old/root").adopted);
}

TEST_CASE("leftovers: what is outside the scope waits", "[executor]") {
  CutOff lab;
  const change::Difference difference = change::diff({}, new_disk(), {});
  CHECK(leftovers_of(lab.store->unfinished().value(), difference.set, {}).abandoned.empty());
}

TEST_CASE("leftovers: work that is no longer wanted of a node that is as it should be is forgotten",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  // A restart is cut off before its first step has had any effect.
  FaultyStateStore store(*lab.store);
  store.arm(3, FaultyStateStore::Fault::DieAfter);
  CHECK_THROWS_AS(lab.apply(test::two_machines("-no-reboot"), store, lab.files),
                  test::SimulatedCrash);
  REQUIRE(lab.store->unfinished()->size() == 1);
  lab.observer.clear();
  REQUIRE(lab.apply(test::two_machines()));
  CHECK(lab.store->unfinished()->empty());
  CHECK(lab.observer.steps().empty());
  CHECK(lab.is_applied("vm/web"));
}

TEST_CASE("leftovers: a node that is only recorded is finished", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  FaultyStateStore store(*lab.store);
  store.arm(3, FaultyStateStore::Fault::DieAfter);
  const change::Applied before = lab.store->applied().value();
  const change::ChangeSet set = change::destroy_set(before, {"disk/web/root"}, true);
  ExecOptions options = lab.options;
  options.remove_disks = true;
  CHECK_THROWS_AS(execute(set, options, store, lab.host(), lab.observer), test::SimulatedCrash);
  REQUIRE(lab.store->unfinished()->size() == 1);
  const change::ChangeSet keep =
      change::destroy_set(lab.store->applied().value(), {"vm/web", "disk/web/root"}, false);
  REQUIRE(execute(keep, lab.options, *lab.store, lab.host(), lab.observer));
  CHECK(lab.applied("disk/web/root").kept);
  CHECK(lab.store->unfinished()->empty());
}

TEST_CASE("leftovers: a machine whose start was cut off and whose profile is gone is taken down",
          "[executor]") {
  // At every write after QEMU runs and before that is recorded.
  RunLab whole;
  FaultyStateStore counting(*whole.store);
  counting.arm(0, FaultyStateStore::Fault::Fail);
  const plan::Plan both = test::plan_with({test::disk_node("web", 1), test::vm_node("web")});
  const plan::Plan only_disk = test::plan_with({test::disk_node("web", 1)});
  REQUIRE(whole.apply(both, counting, whole.files));
  bool seen = false;
  for (int n = 1; n <= counting.writes(); ++n) {
    for (const bool destroy : {true, false}) {
      INFO("write " << n);
      RunLab lab;
      FaultyStateStore store(*lab.store);
      store.arm(n, FaultyStateStore::Fault::DieBefore);
      CHECK_THROWS_AS(lab.apply(both, store, lab.files), test::SimulatedCrash);
      const vm::MachineState left = lab.machines.observe(test::run_dir("web")).state;
      seen = seen || left == vm::MachineState::Running;
      Result<ExecResult> done = destroy ? lab.destroy() : lab.apply(only_disk);
      REQUIRE(done);
      CHECK(lab.machines.observe(test::run_dir("web")).state == vm::MachineState::Absent);
      CHECK(lab.store->unfinished()->empty());
      CHECK_FALSE(lab.is_applied("vm/web"));
      CHECK_FALSE(lab.files.exists(unpublished("web")));
    }
  }
  CHECK(seen);
}

}  // namespace vmplan::exec
