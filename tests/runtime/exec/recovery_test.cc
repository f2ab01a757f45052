// SPDX-License-Identifier: Apache-2.0
// Judging steps whose end nobody saw, one kind of step at a time.
#include "runtime/exec/recovery.h"

#include <catch2/catch.hpp>

#include "compiler/lower/steps.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/keys.h"
#include "runtime/exec/journal_progress.h"
#include "runtime/exec/steps/publish.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using state::JournalRow;
using state::Phase;
using state::StepEnd;
using test::RunLab;

state::AppliedRecord record_of(const plan::Plan& plan, const plan::CommandPlan& node) {
  std::vector<plan::DepIdentity> deps;
  for (const std::string& dep : node.deps)
    deps.emplace_back(dep, plan::identity(plan.nodes[*plan.find(dep)]));
  state::AppliedRecord record;
  record.applied.node = node;
  record.key_document = plan::key_document(node.own, deps);
  return record;
}

/// A lab in which a run was cut off in step `index` of creating `node`; all before it are done.
struct CutOff : RunLab {
  CutOff(const plan::Plan& plan, const std::string& id, int index, const std::string& mark = "") {
    const plan::CommandPlan& node = plan.nodes[*plan.find(id)];
    const state::RunId run = store->begin_run({"t", Digest(), "", "", ""}).value();
    REQUIRE(
        store->begin_node({id, run, change::Action::Create, {}, node.key, record_of(plan, node)},
                          state::Progress::Fresh));
    for (int i = 0; i <= index; ++i) {
      const plan::Step& step = node.commands[static_cast<std::size_t>(i)];
      const std::int64_t seq =
          store->record_intent({run, id, Phase::Do, i, step.step_id, step.argv_hash, "t", mark})
              .value();
      if (i < index) REQUIRE(store->record_result(seq, {"t", StepEnd::Done, 0, ""}));
    }
  }
  /// Ids of what is still unfinished.
  std::vector<std::string> half_done() const {
    std::vector<std::string> ids;
    const std::vector<state::UnfinishedNode> nodes = store->unfinished().value();
    for (const state::UnfinishedNode& node : nodes) ids.push_back(node.node.id);
    return ids;
  }
  StepEnd verdict() const { return store->unfinished()->at(0).journal.back().outcome.value().end; }
};

plan::Plan one_machine() {
  return test::plan_with({test::disk_node("web", 1), test::vm_node("web")});
}

TEST_CASE("recovery: nothing was left", "[recovery]") {
  RunLab lab;
  Result<std::vector<std::string>> done = recover(*lab.store, lab.host());
  REQUIRE(done);
  CHECK(done->empty());
}

TEST_CASE("recovery: a repeatable step is to run again", "[recovery]") {
  CutOff lab(one_machine(), "disk/web/root", 1);
  REQUIRE(recover(*lab.store, lab.host())->empty());
  CHECK(lab.half_done() == std::vector<std::string>{"disk/web/root"});
  CHECK(lab.verdict() == StepEnd::Interrupted);
}

TEST_CASE("recovery: a publish took effect when the new file carries its name", "[recovery]") {
  RunLab world;
  const std::string path = test::disk_path("web");
  world.files.put(path + ".vmplan-new", test::fake_qcow2(Gibibytes{1}.bytes().value));
  const plan::Plan plan = one_machine();
  const plan::Step& publish = plan.nodes[*plan.find("disk/web/root")].commands[2];
  const std::uint64_t inode = world.files.stat(path + ".vmplan-new")->inode;
  CutOff lab(plan, "disk/web/root", 2, publish_mark(publish, world.files));
  SECTION("renamed: ours, and the node is finished") {
    REQUIRE(world.files.publish(path + ".vmplan-new", path));
    REQUIRE(recover(*lab.store, world.host()).value() == std::vector<std::string>{"disk/web/root"});
    CHECK_FALSE(lab.applied("disk/web/root").adopted);
  }
  SECTION("not renamed: again") {
    REQUIRE(recover(*lab.store, world.host()));
    CHECK(lab.verdict() == StepEnd::Interrupted);
  }
  SECTION("the new file is gone and another one is there: not ours") {
    REQUIRE(world.files.remove(path + ".vmplan-new"));
    world.files.put(path, test::fake_qcow2(Gibibytes{1}.bytes().value));
    REQUIRE(recover(*lab.store, world.host()));
    CHECK(lab.verdict() == StepEnd::Interrupted);
    CHECK_FALSE(lab.is_applied("disk/web/root"));
  }
  SECTION("another one is there under the number of the new file: not ours either") {
    REQUIRE(world.files.remove(path + ".vmplan-new"));
    world.files.put(path, test::fake_qcow2(Gibibytes{1}.bytes().value));
    world.files.set_inode(path, inode);
    REQUIRE(recover(*lab.store, world.host()));
    CHECK(lab.verdict() == StepEnd::Interrupted);
  }
}

TEST_CASE("recovery: where no file has a time of birth, what is there is adopted and never deleted",
          "[recovery]") {
  RunLab world;
  world.files.forget_births();
  const std::string path = test::disk_path("web");
  const std::string bytes = test::fake_qcow2(Gibibytes{1}.bytes().value);
  world.files.put(path + ".vmplan-new", bytes);
  const plan::Plan plan = one_machine();
  const plan::Step& publish = plan.nodes[*plan.find("disk/web/root")].commands[2];
  CutOff lab(plan, "disk/web/root", 2, publish_mark(publish, world.files));
  REQUIRE(world.files.publish(path + ".vmplan-new", path));
  world.store = std::move(lab.store);
  REQUIRE(world.apply(plan));
  CHECK(world.applied("disk/web/root").adopted);
  REQUIRE(world.destroy(true));
  CHECK(world.files.bytes(path) == bytes);
}

TEST_CASE("recovery: a start took effect when that machine runs", "[recovery]") {
  const plan::Plan plan = one_machine();
  CutOff lab(plan, "vm/web", 2);
  vm::MachineStatus status;
  status.argv_hash = plan.nodes[*plan.find("vm/web")].commands.back().argv_hash;
  SECTION("it runs") {
    status.state = vm::MachineState::Running;
    lab.machines.set(test::run_dir("web"), status);
    CHECK(recover(*lab.store, lab.host()).value() == std::vector<std::string>{"vm/web"});
    CHECK(lab.is_applied("vm/web"));
  }
  SECTION("it does not") {
    REQUIRE(recover(*lab.store, lab.host())->empty());
    CHECK(lab.half_done() == std::vector<std::string>{"vm/web"});
    CHECK(lab.verdict() == StepEnd::Interrupted);
  }
  SECTION("another one runs there") {
    status.state = vm::MachineState::Running;
    status.argv_hash = sha256("another");
    lab.machines.set(test::run_dir("web"), status);
    REQUIRE(recover(*lab.store, lab.host()));
    CHECK(lab.verdict() == StepEnd::Interrupted);
  }
  SECTION("it is still starting: waited for, but not for ever, and then no result") {
    status.state = vm::MachineState::Starting;
    status.pid = 5;
    status.supervisor_pid = 6;
    lab.machines.set(test::run_dir("web"), status);
    std::vector<std::string> said;
    const SayOf say = [&](const std::string& node, const std::string& line) {
      said.push_back(node + ": " + line);
    };
    REQUIRE(recover(*lab.store, lab.host(), {StartPoint::Ready, say})->empty());
    CHECK(said == std::vector<std::string>{
                      "vm/web: its start (PID 5) is under way; waiting for at most 60 s"});
    CHECK(lab.half_done() == std::vector<std::string>{"vm/web"});
    CHECK(lab.verdict() == StepEnd::Interrupted);
    CHECK(lab.clock.slept().value >= 60'000);
    CHECK(lab.machines.calls().empty());
  }
  SECTION("it is still starting and its shim has died: a new shim sees it ready") {
    status.state = vm::MachineState::Starting;
    status.pid = 5;
    lab.machines.set(test::run_dir("web"), status);
    lab.machines.set_ready_when_adopted(test::run_dir("web"));
    CHECK(recover(*lab.store, lab.host()).value() == std::vector<std::string>{"vm/web"});
    CHECK(lab.machines.calls() == std::vector<std::string>{"adopt " + test::run_dir("web")});
    CHECK(lab.clock.slept().value == 0);
  }
  SECTION("it is still starting and is about to be stopped: its process is enough") {
    status.state = vm::MachineState::Starting;
    status.pid = 5;
    lab.machines.set(test::run_dir("web"), status);
    REQUIRE(recover(*lab.store, lab.host(), {StartPoint::Process})->empty());
    CHECK(lab.half_done() == std::vector<std::string>{"vm/web"});
    CHECK(lab.clock.slept().value == 0);
    CHECK(lab.machines.calls().empty());
  }
}

/// A disk whose second step is neither repeatable nor known.
plan::Plan unknown_step(bool with_probe) {
  plan::CommandPlan disk = test::disk_node("web", 1);
  disk.commands[1].idempotent = false;
  if (!with_probe) disk.probe.clear();
  test::seal(disk);
  return test::plan_with({disk});
}

TEST_CASE("recovery: an unknown step is judged by the node's probe", "[recovery]") {
  CutOff lab(unknown_step(true), "disk/web/root", 1);
  REQUIRE(recover(*lab.store, lab.host()));
  CHECK(lab.verdict() == StepEnd::Interrupted);
  CutOff there(unknown_step(true), "disk/web/root", 1);
  there.files.put(test::disk_path("web"), "x");
  REQUIRE(recover(*there.store, there.host()));
  CHECK(there.verdict() == StepEnd::Done);
}

TEST_CASE("recovery: a probe that would change something is not run", "[recovery]") {
  plan::Plan plan = unknown_step(true);
  plan::CommandPlan& disk = plan.nodes[*plan.find("disk/web/root")];
  disk.probe = {lower::steps::remove_file("present", "profiles/web.toml")};
  test::seal(disk);
  plan::compute_keys(plan);
  CutOff lab(plan, "disk/web/root", 1);
  lab.files.put("profiles/web.toml", "precious");
  CHECK_FALSE(recover(*lab.store, lab.host()));
  CHECK(lab.files.bytes("profiles/web.toml") == "precious");
}

TEST_CASE("recovery: what cannot be judged is put before the user with the facts", "[recovery]") {
  CutOff lab(unknown_step(false), "disk/web/root", 1);
  Result<std::vector<std::string>> done = recover(*lab.store, lab.host());
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::Refused);
  for (const char* fact :
       {"create", "disk/web/root", "qemu-img create", "run 1", "disks/web/root.qcow2"})
    CHECK(done.error().text().find(fact) != std::string::npos);
  CHECK_FALSE(lab.store->unfinished()->at(0).journal.back().outcome);
}

plan::Step step(const std::string& id, bool idempotent) {
  plan::Step out;
  out.step_id = id;
  out.argv = {"true", id};
  out.argv_hash = argv_hash(out.argv);
  out.idempotent = idempotent;
  return out;
}

JournalRow row(int index, const plan::Step& about, std::optional<StepEnd> end) {
  JournalRow out;
  out.seq = index;
  out.intent = {1, "n", Phase::Do, index, about.step_id, about.argv_hash, "t", ""};
  if (end) out.outcome = state::StepOutcome{"t", *end, 0, ""};
  return out;
}

TEST_CASE("progress: goes on after the last finished step that must not run twice", "[recovery]") {
  const std::vector<plan::Step> steps = {step("a", true), step("b", false), step("c", true),
                                         step("d", false)};
  auto first = [&](const std::vector<JournalRow>& rows) {
    return progress_of(steps, Phase::Do, rows).first;
  };
  CHECK(first({}) == 0);
  CHECK(first({row(0, steps[0], StepEnd::Done)}) == 0);
  CHECK(first({row(0, steps[0], StepEnd::Done), row(1, steps[1], StepEnd::Failed)}) == 0);
  CHECK(first({row(0, steps[0], StepEnd::Done), row(1, steps[1], StepEnd::Done)}) == 2);
  CHECK(first({row(1, steps[1], StepEnd::Adopted), row(2, steps[2], StepEnd::Done)}) == 2);
  CHECK(first({row(1, steps[1], {})}) == 0);
  CHECK(first({row(1, step("other", false), StepEnd::Done)}) == 0);
  CHECK(progress_of(steps, Phase::Undo, {row(1, steps[1], StepEnd::Done)}).first == 0);
}

TEST_CASE("progress: complete when the last step ended well, last", "[recovery]") {
  const std::vector<plan::Step> steps = {step("a", true), step("b", false)};
  CHECK(progress_of({}, Phase::Do, {}).complete);
  CHECK_FALSE(progress_of(steps, Phase::Do, {row(0, steps[0], StepEnd::Done)}).complete);
  CHECK(progress_of(steps, Phase::Do,
                    {row(0, steps[0], StepEnd::Done), row(1, steps[1], StepEnd::Done)})
            .complete);
  CHECK(progress_of(steps, Phase::Do, {row(1, steps[1], StepEnd::Adopted)}).adopted);
  CHECK_FALSE(progress_of(steps, Phase::Do,
                          {row(1, steps[1], StepEnd::Done), row(0, steps[0], StepEnd::Done)})
                  .complete);
}

}  // namespace
}  // namespace vmplan::exec
