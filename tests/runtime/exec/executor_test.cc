// SPDX-License-Identifier: Apache-2.0
// The executor on a lab in memory: what runs, in which order, with which surroundings, and what is
// recorded.
#include "runtime/exec/executor.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/change/departed.h"
#include "compiler/lower/steps.h"
#include "compiler/plan/canonical.h"
#include "runtime/exec/item_runner.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using test::RunLab;

Counters counters(std::int64_t Counters::*member, std::int64_t value) {
  Counters out;
  out.*member = value;
  return out;
}

std::size_t position(const std::vector<std::string>& list, const std::string& word) {
  auto found = std::ranges::find(list, word);
  REQUIRE(found != list.end());
  return static_cast<std::size_t>(found - list.begin());
}

TEST_CASE("executor: a first apply makes everything in order", "[executor]") {
  RunLab lab;
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->status == state::RunStatus::Succeeded);
  CHECK(done->counters == counters(&Counters::created, 5));
  CHECK(lab.files.bytes(test::stored_image("base", test::kBaseBytes)) == test::kBaseBytes);
  CHECK(lab.files.exists(test::disk_path("web")));
  CHECK_FALSE(lab.files.exists(test::disk_path("web") + ".vmplan-new"));
  CHECK(lab.machines.observe(test::run_dir("web")).state == vm::MachineState::Running);

  const std::vector<std::string> steps = lab.observer.steps();
  CHECK(position(steps, "do image/base verify") < position(steps, "do disk/web/root create"));
  CHECK(position(steps, "do disk/web/root publish") <
        position(steps, "do vm/web verify-disk-root"));
  CHECK(position(steps, "do vm/db start") < position(steps, "do vm/web start"));
  CHECK(lab.observer.names().front() == "run_started");
  CHECK(lab.observer.names().back() == "summary");

  const change::AppliedNode web = lab.applied("vm/web");
  const plan::Plan plan = test::two_machines();
  CHECK(web.node == plan.nodes[*plan.find("vm/web")]);
  CHECK_FALSE(web.adopted);
  CHECK(lab.store->unfinished().value().empty());
  CHECK(lab.store->runs(1).value().front().status == state::RunStatus::Succeeded);
}

TEST_CASE("executor: a second apply runs nothing and begins no run", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  lab.observer.clear();
  const std::size_t programs = lab.processes.specs().size();
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->counters == counters(&Counters::unchanged, 5));
  CHECK(lab.observer.names() == std::vector<std::string>{"summary"});
  CHECK(lab.processes.specs().size() == programs);
  CHECK(lab.store->runs(10).value().size() == 1);
}

TEST_CASE("executor: children see a closed environment", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  const std::vector<os::ProcessSpec> specs = lab.processes.specs();
  REQUIRE(specs.size() == 1);
  CHECK(specs[0].executable == "/usr/bin/qemu-img");
  CHECK(specs[0].argv[0] == "qemu-img");
  CHECK(specs[0].env ==
        std::map<std::string, std::string>{{"HOME", "/lab/.vmplan/home"},
                                           {"LC_ALL", "C"},
                                           {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}});
  CHECK(specs[0].cwd == ".");
  CHECK(specs[0].stdin_bytes.empty());
  CHECK(specs[0].timeout == Millis{600'000});
  CHECK(specs[0].output_path == "logs/runs/1/disk_web_root.log");
}

TEST_CASE("executor: labs of one file in one directory have log directories of their own",
          "[executor]") {
  RunLab lab;
  LabHost host = lab.host();
  CHECK(run_log_directory(host, 7) == "logs/runs/7");
  host.state_dir = ".vmplan/web";
  CHECK(run_log_directory(host, 7) == "logs/runs/web/7");
}

TEST_CASE("executor: a launch gets the planned argv, its hash and its readiness", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  const std::vector<vm::LaunchSpec> launches = lab.machines.launches();
  REQUIRE(launches.size() == 2);
  const plan::Plan plan = test::two_machines();
  const plan::Step& start = plan.nodes[*plan.find("vm/web")].commands.back();
  CHECK(launches[1].run_dir == test::run_dir("web"));
  CHECK(launches[1].argv == start.argv);
  CHECK(launches[1].argv_hash == start.argv_hash);
  CHECK(launches[1].executable == "/usr/bin/qemu-system-x86_64");
  CHECK(launches[1].ready_qmp == test::run_dir("web") + "/qmp.sock");
  CHECK(launches[1].timeout == Millis{60'000});
}

TEST_CASE("executor: a changed command line restarts that machine only", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  lab.observer.clear();
  Result<ExecResult> done = lab.apply(test::two_machines("-no-reboot"));
  REQUIRE(done);
  CHECK(done->counters.restarted == 1);
  CHECK(done->counters.unchanged == 4);
  CHECK(lab.observer.steps() ==
        std::vector<std::string>{"undo vm/web powerdown", "undo vm/web wait-powerdown",
                                 "undo vm/web terminate", "undo vm/web wait-terminate",
                                 "undo vm/web clean", "do vm/web run-directory",
                                 "do vm/web verify-disk-root", "do vm/web start"});
  CHECK(lab.machines.launches().back().argv.back() == "-no-reboot");
}

TEST_CASE("executor: a crashed machine is started again and nothing else", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  lab.machines.kill(test::run_dir("db"), 9);
  lab.observer.clear();
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->counters.rerun == 1);
  CHECK(lab.observer.steps() == std::vector<std::string>{"do vm/db run-directory",
                                                         "do vm/db verify-disk-root",
                                                         "do vm/db start"});
}

TEST_CASE("executor: destroy stops machines and keeps disks, --disks deletes them", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  Result<ExecResult> done = lab.destroy();
  REQUIRE(done);
  CHECK(lab.machines.observe(test::run_dir("web")).state == vm::MachineState::Absent);
  CHECK(lab.files.exists(test::disk_path("web")));
  CHECK(lab.applied("disk/web/root").kept);
  CHECK_FALSE(lab.is_applied("vm/web"));
  CHECK_FALSE(lab.is_applied("image/base"));

  done = lab.destroy(true);
  REQUIRE(done);
  CHECK(done->counters.destroyed == 2);
  CHECK_FALSE(lab.files.exists(test::disk_path("web")));
  CHECK(lab.store->applied().value().empty());
}

TEST_CASE("executor: a destroy row of a disk keeps the file unless told to remove disks",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  const change::Applied before = lab.store->applied().value();
  const change::ChangeSet set = change::destroy_set(before, {"disk/web/root"}, true);
  REQUIRE(set.rows.front().action == change::Action::Destroy);
  REQUIRE(execute(set, lab.options, *lab.store, lab.host(), lab.observer));  // remove_disks is off
  CHECK(lab.files.exists(test::disk_path("web")));
  CHECK(lab.applied("disk/web/root").kept);
}

TEST_CASE("executor: a file that another applied node has is never removed", "[executor]") {
  RunLab lab;
  plan::CommandPlan front = test::disk_node("web", 1);
  front.id = "disk/front/root";
  test::seal(front);
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  const std::optional<std::string> data = lab.files.bytes(test::disk_path("web"));

  // Both are on record: the old one kept, the new one adopted.
  change::ChangeSet both = change::diff({}, test::plan_with({front}), {}).set;
  REQUIRE(execute(both, lab.options, *lab.store, lab.host(), lab.observer));
  REQUIRE(lab.applied("disk/front/root").adopted);
  lab.options.remove_disks = true;
  const change::ChangeSet set =
      change::destroy_set(lab.store->applied().value(), {"disk/web/root"}, true);
  REQUIRE(execute(set, lab.options, *lab.store, lab.host(), lab.observer));
  CHECK(lab.files.bytes(test::disk_path("web")) == data);
  CHECK_FALSE(lab.is_applied("disk/web/root"));
  CHECK(lab.is_applied("disk/front/root"));
}

TEST_CASE("executor: a disk that is there and fits is adopted and never removed", "[executor]") {
  RunLab lab;
  const std::string mine = test::fake_qcow2(Gibibytes{3}.bytes().value) + "my data";
  lab.files.put(test::disk_path("web"), mine);
  Result<ExecResult> done = lab.apply(test::plan_with({test::disk_node("web", 1)}));
  REQUIRE(done);
  CHECK(done->counters == counters(&Counters::adopted, 1));
  CHECK(lab.files.bytes(test::disk_path("web")) == mine);
  CHECK_FALSE(lab.files.exists(test::disk_path("web") + ".vmplan-new"));
  CHECK(lab.applied("disk/web/root").adopted);
  CHECK(std::ranges::count(lab.observer.names(), "adopted") == 1);
  REQUIRE(lab.destroy(true));
  CHECK(lab.files.bytes(test::disk_path("web")) == mine);
  CHECK_FALSE(lab.is_applied("disk/web/root"));
}

TEST_CASE(
    "executor: a disk that is there and does not fit is refused, untouched, and the machine is not "
    "started",
    "[executor]") {
  RunLab lab;
  lab.files.put(test::disk_path("web"), "precious raw bytes");
  Result<ExecResult> done =
      lab.apply(test::plan_with({test::disk_node("web", 1), test::vm_node("web")}));
  REQUIRE(done);
  CHECK(done->status == state::RunStatus::Failed);
  CHECK(done->counters.failed == 2);
  REQUIRE(done->failures.size() == 1);
  CHECK(done->failures[0].node == "disk/web/root");
  const std::string text = done->failures[0].error.text();
  CHECK(text.find("raw") != std::string::npos);
  CHECK(text.find("qcow2") != std::string::npos);
  CHECK(lab.files.bytes(test::disk_path("web")) == "precious raw bytes");
  CHECK(lab.machines.launches().empty());
  CHECK(std::ranges::count(lab.observer.names(), "node_skipped") == 1);
  CHECK_FALSE(lab.is_applied("disk/web/root"));

  // The way out: move the file away, apply again.
  REQUIRE(lab.files.remove(test::disk_path("web")));
  done = lab.apply(test::plan_with({test::disk_node("web", 1), test::vm_node("web")}));
  REQUIRE(done);
  CHECK(done->counters == counters(&Counters::created, 2));
  CHECK_FALSE(lab.applied("disk/web/root").adopted);
}

TEST_CASE("executor: after a failure only --keep-going does what does not rest on it",
          "[executor]") {
  const bool keep_going = GENERATE(false, true);
  RunLab lab;
  lab.options.keep_going = keep_going;
  lab.files.put(test::disk_path("db"), "in the way");  // disk/db/root comes before disk/web/root
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->status == state::RunStatus::PartiallyFailed);
  CHECK(lab.is_applied("image/base"));
  CHECK_FALSE(lab.is_applied("vm/db"));
  // `after` is order only: web does not rest on db.
  CHECK(lab.is_applied("vm/web") == keep_going);
  CHECK(done->counters.failed == (keep_going ? 2 : 4));
}

TEST_CASE("executor: a program's failure is told with its exit code and its last words",
          "[executor]") {
  RunLab lab;
  lab.processes.push(test::FakeProcessRunner::exit_with(1, "", "qemu-img: no space left"));
  Result<ExecResult> done = lab.apply(test::plan_with({test::disk_node("web", 1)}));
  REQUIRE(done);
  REQUIRE(done->failures.size() == 1);
  const std::string text = done->failures[0].error.text();
  CHECK(text.find("exited with 1") != std::string::npos);
  CHECK(text.find("no space left") != std::string::npos);
  CHECK(text.find("logs/runs/1/disk_web_root.log") != std::string::npos);
  CHECK(text.starts_with("step create: "));  // the node is named beside it
  CHECK(done->failures[0].error.kind == ErrorKind::Failed);
}

TEST_CASE("executor: a timeout, a signal and an interruption are told apart", "[executor]") {
  os::ProcessExit exit;
  std::string expected;
  SECTION("timeout") {
    exit.timed_out = true;
    expected = "did not end within 600 s";
  }
  SECTION("signal") {
    exit.signal = 9;
    expected = "was killed by signal 9";
  }
  SECTION("interruption") {
    exit.cancelled = true;
    expected = "was interrupted";
  }
  RunLab lab;
  lab.processes.push(exit);
  Result<ExecResult> done = lab.apply(test::plan_with({test::disk_node("web", 1)}));
  REQUIRE(done);
  REQUIRE(done->failures.size() == 1);
  CHECK(done->failures[0].error.text().find(expected) != std::string::npos);
}

TEST_CASE(
    "executor: one interrupt finishes the step that runs and starts nothing new, and apply goes on",
    "[executor]") {
  RunLab lab;
  lab.processes.answer_with([&](const os::ProcessSpec& spec) -> Result<os::ProcessExit> {
    lab.cancel.interrupt();
    lab.files.put(spec.argv[spec.argv.size() - 2].substr(2),
                  test::fake_qcow2(Gibibytes{1}.bytes().value));
    return os::ProcessExit{};
  });
  const plan::Plan plan = test::plan_with({test::disk_node("web", 1), test::vm_node("web")});
  Result<ExecResult> done = lab.apply(plan);
  REQUIRE(done);
  CHECK(done->status == state::RunStatus::Cancelled);
  CHECK(lab.observer.steps() ==
        std::vector<std::string>{"do disk/web/root directory", "do disk/web/root create"});
  CHECK(lab.store->unfinished().value().size() == 1);
  CHECK(lab.store->runs(1).value().front().status == state::RunStatus::Cancelled);
}

TEST_CASE("executor: an input that changed since the build stops the node before its step",
          "[executor]") {
  RunLab lab;
  lab.files.put("images/base", "other bytes");
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->counters.failed == 5);
  REQUIRE(done->failures.size() == 1);
  CHECK(done->failures[0].error.text().find("images/base") != std::string::npos);
  CHECK(lab.observer.steps().empty());
}

TEST_CASE("executor: an output behind a link that leaves the lab is refused before the step",
          "[executor]") {
  RunLab lab;
  lab.files.put_symlink("disks", "/etc");
  Result<ExecResult> done = lab.apply(test::plan_with({test::disk_node("web", 1)}));
  REQUIRE(done);
  REQUIRE(done->failures.size() == 1);
  CHECK(done->failures[0].error.kind == ErrorKind::Denied);
  CHECK(lab.processes.specs().empty());
}

TEST_CASE("executor: a link that has the name of a file in the making is refused, not followed",
          "[executor]") {
  RunLab lab;
  lab.files.put("../victim", "precious");
  lab.files.put_symlink(test::disk_path("web") + ".vmplan-new", "../../../victim");
  Result<ExecResult> done = lab.apply(test::plan_with({test::disk_node("web", 1)}));
  REQUIRE(done);
  REQUIRE(done->failures.size() == 1);
  CHECK(done->failures[0].error.text().find("root.qcow2.vmplan-new") != std::string::npos);
  CHECK(lab.processes.specs().empty());
}

TEST_CASE("executor: what a cut-off program left of a new file is gone before it runs again",
          "[executor]") {
  RunLab lab;
  const std::string fresh = test::disk_path("web") + ".vmplan-new";
  lab.files.put(fresh, "half of a disk");
  bool was_there = true;
  lab.processes.answer_with([&](const os::ProcessSpec&) {
    was_there = lab.files.exists(fresh);
    return test::FakeProcessRunner::exit_with(1);
  });
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  CHECK_FALSE(was_there);
}

TEST_CASE("executor: a second program of a node finds what the first one made", "[executor]") {
  RunLab lab;
  plan::CommandPlan disk = test::disk_node("web", 1);
  plan::Step grow = disk.commands[1];
  grow.step_id = "again";
  disk.commands.insert(disk.commands.begin() + 2, grow);
  test::seal(disk);
  const std::string fresh = test::disk_path("web") + ".vmplan-new";
  std::vector<bool> was_there;
  lab.processes.answer_with([&](const os::ProcessSpec&) {
    was_there.push_back(lab.files.exists(fresh));
    lab.files.put(fresh, test::fake_qcow2(Gibibytes{1}.bytes().value));
    return test::FakeProcessRunner::exit_with(0);
  });
  REQUIRE(lab.apply(test::plan_with({disk}))->failures.empty());
  CHECK(was_there == std::vector<bool>{false, true});
}

TEST_CASE("executor: no program gets a link to write through, or a path that leaves the lab",
          "[executor]") {
  RunLab lab;
  plan::CommandPlan machine = test::vm_node("web");
  std::vector<std::string>& argv = machine.commands.back().argv;
  std::string why;
  SECTION("a log") {
    argv.insert(argv.end(), {"-chardev", "socket,id=s,path=run/s,logfile=logs/web/serial.log"});
    lab.files.put("elsewhere.txt", "precious");
    lab.files.put_symlink("logs/web/serial.log", "../../elsewhere.txt");
    why = "`logs/web/serial.log` is a symbolic link";
  }
  SECTION("a socket") {
    argv.insert(argv.end(), {"-chardev", "socket,id=s,path=run/s"});
    lab.files.put_symlink("run/s", "t");
    why = "`run/s` is a symbolic link";
  }
  SECTION("a disk") {
    argv.insert(argv.end(), {"-blockdev", R"({"driver":"file","filename":"d"})"});
    lab.files.put_symlink("d", "images/base");
    why = "`d` is a symbolic link";
  }
  SECTION("a kernel behind a link that leaves the lab") {
    argv.insert(argv.end(), {"-kernel", "k/vmlinuz"});
    lab.files.put_symlink("k", "/boot");
    why = "`k/vmlinuz` leaves the lab";
  }
  SECTION("a share that is a link out of the lab") {
    argv.insert(argv.end(), {"-fsdev", "local,id=x,security_model=none,path=x"});
    lab.files.put_symlink("x", "/etc");
    why = "`x` leaves the lab";
  }
  test::seal(machine);
  Result<ExecResult> done = lab.apply(test::plan_with({test::disk_node("web", 1), machine}));
  REQUIRE(done);
  REQUIRE(done->failures.size() == 1);
  CHECK(done->failures[0].error.text().find(why) != std::string::npos);
  CHECK(lab.machines.launches().empty());
}

TEST_CASE("executor: a changed input or a moved disk does not keep a machine from being stopped",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  REQUIRE(lab.files.remove(test::disk_path("web")));
  lab.files.put_symlink(test::disk_path("web"), "/etc/shadow");
  lab.files.put(test::stored_image("base", test::kBaseBytes), "other");
  Result<ExecResult> done = lab.destroy();
  REQUIRE(done);
  CHECK(done->counters.failed == 0);
  CHECK(lab.machines.observe(test::run_dir("web")).state == vm::MachineState::Absent);
}

TEST_CASE("executor: a set whose state has moved is refused by name", "[executor]") {
  RunLab lab;
  const plan::Plan plan = test::plan_with({test::disk_node("web", 1)});
  const change::ChangeSet set = change::diff({}, plan, {}).set;
  REQUIRE(lab.apply(plan));
  Result<ExecResult> again = execute(set, lab.options, *lab.store, lab.host(), lab.observer);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::Refused);
  CHECK(again.error().text().find("disk/web/root") != std::string::npos);
}

TEST_CASE("executor: a tampered node is refused before anything runs", "[executor]") {
  RunLab lab;
  change::ChangeSet set = change::diff({}, test::plan_with({test::disk_node("web", 1)}), {}).set;
  set.rows.front().after->commands[1].argv.back() = "9G";
  Result<ExecResult> done = execute(set, lab.options, *lab.store, lab.host(), lab.observer);
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::Corrupt);
  CHECK(lab.processes.specs().empty());
  CHECK(lab.store->runs(1).value().empty());
}

/// The state as somebody wrote it who can compute digests: the rollback of the machine hides a
/// removal.
void hide_a_removal(RunLab& lab) {
  state::AppliedRecord record = lab.store->find("vm/web").value().value();
  plan::CommandPlan& node = record.applied.node;
  plan::Step step = lower::steps::remove_file("tidy", "profiles/web.toml");
  step.argv_hash = argv_hash(step.argv);
  node.rollback.push_back(step);
  node.own = sha256(plan::own_document(node));
  std::vector<plan::DepIdentity> deps;
  for (const std::string& dep : node.deps)
    deps.emplace_back(dep, plan::identity(lab.applied(dep).node));
  record.key_document = plan::key_document(node.own, deps);
  node.key = sha256(record.key_document);
  REQUIRE(lab.store->finish_node(1, "vm/web", &record));
  lab.files.put("profiles/web.toml", "precious");
}

TEST_CASE("executor: a stored rollback that no plan could hold is refused before anything runs",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  hide_a_removal(lab);
  const std::size_t calls = lab.machines.calls().size();
  Result<ExecResult> done =
      GENERATE(true, false) ? lab.destroy() : lab.apply(test::two_machines("-no-reboot"));
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::Corrupt);
  CHECK(done.error().text().find("vm/web: step tidy: `destructive` does not fit") !=
        std::string::npos);
  CHECK(lab.files.bytes("profiles/web.toml") == "precious");
  CHECK(lab.machines.calls().size() == calls);
}

TEST_CASE("executor: a node stored under a milder judge is taken away, at today's risk",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  state::AppliedRecord record = lab.store->find("disk/web/root").value().value();
  record.applied.node.risk = plan::Risk::Low;
  record.applied.node.confirmation_required = false;
  record.applied.node.affected_resources.clear();
  REQUIRE(lab.store->finish_node(1, "disk/web/root", &record));
  const change::ChangeSet set =
      change::destroy_set(lab.store->applied().value(), {"disk/web/root"}, true);
  CHECK(set.risk == plan::Risk::Critical);
  CHECK(set.rows.front().risk == plan::Risk::Critical);
  Result<ExecResult> done = lab.destroy(true);
  REQUIRE(done);
  CHECK(done->counters.destroyed == 1);
  CHECK_FALSE(lab.files.exists(test::disk_path("web")));
}

TEST_CASE("executor: a stored rollback that will not run keeps nothing from running",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  hide_a_removal(lab);
  const change::Applied applied = lab.store->applied().value();
  const change::ChangeSet set = change::destroy_set(applied, {"vm/db"}, false);
  Result<ExecResult> done = execute(set, lab.options, *lab.store, lab.host(), lab.observer);
  REQUIRE(done);
  CHECK(done->failures.empty());
}

TEST_CASE("executor: a QEMU older than the platform's pin is refused before anything runs",
          "[executor]") {
  RunLab lab;
  lab.options.qemu_version = "8.0";
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE_FALSE(done);
  CHECK(done.error().text().find("7.2.19") != std::string::npos);
  CHECK(done.error().text().find("8.0") != std::string::npos);
  CHECK(lab.store->runs(1).value().empty());
  lab.options.qemu_version = "7.2";
  CHECK(lab.apply(test::two_machines()));
}

TEST_CASE("executor: a missing program is named before anything runs", "[executor]") {
  RunLab lab;
  LabHost host = lab.host();
  host.find_program = [](const std::string& name) -> Result<std::string> {
    return fail(ErrorKind::NotFound, "no " + name);
  };
  const change::ChangeSet set = change::diff({}, test::two_machines(), {}).set;
  Result<ExecResult> done = execute(set, lab.options, *lab.store, host, lab.observer);
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::NotFound);
  CHECK(lab.observer.events().empty());
}

TEST_CASE("executor: a machine without a supervisor gets one and is not restarted", "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  vm::MachineStatus status = lab.machines.observe(test::run_dir("web"));
  status.supervisor_pid = 0;
  lab.machines.set(test::run_dir("web"), status);
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->counters.adopted == 1);
  CHECK(done->counters.unchanged == 4);
  CHECK(lab.machines.observe(test::run_dir("web")).supervisor_pid != 0);
  CHECK(lab.machines.observe(test::run_dir("web")).pid == status.pid);
}

TEST_CASE("executor: leaving the plan stops a machine, keeps its disk, and it can come back",
          "[executor]") {
  RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  plan::CommandPlan base = test::image_node("base", test::kBaseBytes);
  Result<ExecResult> done =
      lab.apply(test::plan_with({base, test::disk_node("db", 2, &base), test::vm_node("db")}));
  REQUIRE(done);
  CHECK(done->counters.destroyed == 1);
  CHECK(done->counters.recorded == 1);
  CHECK(lab.files.exists(test::disk_path("web")));
  CHECK(lab.applied("disk/web/root").kept);
  done = lab.apply(test::two_machines());
  REQUIRE(done);
  CHECK(done->counters.created == 1);
  CHECK_FALSE(lab.applied("disk/web/root").kept);
}

TEST_CASE("executor: many workers reach the state that one reaches", "[executor][threads]") {
  std::vector<plan::CommandPlan> nodes = {test::image_node("base", test::kBaseBytes)};
  const plan::CommandPlan base = nodes.front();
  for (int i = 0; i < 12; ++i) {
    const std::string name = fmt::format("m{}", i);
    nodes.push_back(test::disk_node(name, 1, &base));
    nodes.push_back(test::vm_node(
        name, "-S", i > 0 ? std::vector<std::string>{"m0"} : std::vector<std::string>{}));
  }
  const plan::Plan plan = test::plan_with(nodes);
  RunLab lab;
  lab.options.jobs = 8;
  Result<ExecResult> done = lab.apply(plan);
  REQUIRE(done);
  CHECK(done->counters == counters(&Counters::created, 25));
  CHECK(lab.machines.launches().size() == 12);
  CHECK(lab.machines.launches().front().run_dir == test::run_dir("m0"));
  lab.options.jobs = 3;
  done = lab.destroy(true);
  REQUIRE(done);
  CHECK(done->counters.failed == 0);
  CHECK(lab.store->applied().value().empty());
}

TEST_CASE("executor: with workers, a failure drains and an exception comes out",
          "[executor][threads]") {
  RunLab lab;
  lab.options.jobs = 4;
  SECTION("failure") {
    lab.files.put(test::disk_path("db"), "in the way");
    Result<ExecResult> done = lab.apply(test::two_machines());
    REQUIRE(done);
    CHECK(done->counters.failed >= 2);
  }
  SECTION("exception") {
    lab.processes.answer_with(
        [](const os::ProcessSpec&) -> Result<os::ProcessExit> { throw InternalError("broken"); });
    CHECK_THROWS_AS(lab.apply(test::two_machines()), InternalError);
  }
}

}  // namespace
}  // namespace vmplan::exec
