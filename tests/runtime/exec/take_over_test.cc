// SPDX-License-Identifier: Apache-2.0
// A launch whose machine is there already.
#include "runtime/exec/take_over.h"

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using test::RunLab;
using vm::MachineState;

/// A lab without state, in which the machine of the plan is in some state.
struct StrangeLab : RunLab {
  StrangeLab() {
    plan = test::plan_with({test::disk_node("web", 1), test::vm_node("web")});
    status.state = MachineState::Running;
    status.pid = 77;
    status.supervisor_pid = 78;
    status.argv_hash = plan.nodes[*plan.find("vm/web")].commands.back().argv_hash;
  }
  Result<ExecResult> apply_to_it() {
    machines.set(directory, status);
    return apply(plan);
  }
  std::string failure() {
    Result<ExecResult> done = apply_to_it();
    REQUIRE(done);
    REQUIRE(done->failures.size() == 1);
    error = done->failures[0].error.kind;
    return done->failures[0].error.text();
  }
  plan::Plan plan;
  vm::MachineStatus status;
  std::string directory = test::run_dir("web");
  ErrorKind error = ErrorKind::Io;
};

}  // namespace

TEST_CASE(
    "take over: a machine that the state has forgotten and that is the planned one is taken up",
    "[executor]") {
  StrangeLab lab;
  const bool supervised = GENERATE(true, false);
  if (!supervised) lab.status.supervisor_pid = 0;
  Result<ExecResult> done = lab.apply_to_it();
  REQUIRE(done);
  CHECK(done->counters.failed == 0);
  CHECK(done->counters.created == 2);
  CHECK(lab.is_applied("vm/web"));
  CHECK(lab.machines.observe(lab.directory).pid == 77);
  CHECK(lab.machines.observe(lab.directory).supervisor_pid != 0);
  std::vector<std::string> calls = {"launch " + lab.directory};
  if (!supervised) calls.push_back("adopt " + lab.directory);
  CHECK(lab.machines.calls() == calls);
}

TEST_CASE("take over: a machine that is ending is waited for and not taken for the wanted one",
          "[executor]") {
  StrangeLab lab;
  lab.status.ending = true;
  SECTION("it ends") {
    CHECK(lab.apply_to_it()->counters.created == 2);
    CHECK(lab.machines.observe(lab.directory).pid != 77);
    CHECK(lab.machines.calls() ==
          std::vector<std::string>{"wait_stopped " + lab.directory, "launch " + lab.directory});
  }
  SECTION("it does not") {
    lab.machines.set_manner(lab.directory, test::FakeMachines::Manner::Hangs);
    CHECK(lab.failure().find("is ending, and has not ended within 60000 ms") != std::string::npos);
    CHECK(lab.error == ErrorKind::Timeout);
  }
}

TEST_CASE("take over: another machine is left alone, and how to get rid of it is said",
          "[executor]") {
  StrangeLab lab;
  lab.status.state = GENERATE(MachineState::Running, MachineState::Starting);
  lab.status.argv_hash = sha256("another");
  const std::string text = lab.failure();
  CHECK(lab.error == ErrorKind::Busy);
  CHECK(text.find("another command line") != std::string::npos);
  CHECK(text.find("PID 77") != std::string::npos);
  CHECK(text.find("vmplan destroy") != std::string::npos);
  CHECK(lab.machines.calls() == std::vector<std::string>{"launch " + lab.directory});
}

TEST_CASE("take over: a start under way is waited for, with a supervisor", "[executor]") {
  StrangeLab lab;
  lab.status.state = MachineState::Starting;
  lab.status.supervisor_pid = 0;
  lab.machines.set_ready_when_adopted(lab.directory);
  Result<ExecResult> done = lab.apply_to_it();
  REQUIRE(done);
  CHECK(done->counters.created == 2);
  CHECK(lab.machines.observe(lab.directory).pid == 77);
}

TEST_CASE("take over: a start under way that does not get ready in time is ended", "[executor]") {
  StrangeLab lab;
  lab.status.state = MachineState::Starting;
  lab.machines.set_manner(lab.directory, test::FakeMachines::Manner::Hangs);
  const std::string text = lab.failure();
  CHECK(lab.error == ErrorKind::Timeout);
  CHECK(text.find("60000 ms") != std::string::npos);
  CHECK(lab.clock.slept().value >= 60'000);
  CHECK(lab.machines.observe(lab.directory).state == MachineState::Stopped);
  // And then there is nothing in the way.
  CHECK(lab.apply(lab.plan)->counters.created == 1);
}

TEST_CASE("take over: what is busy without a machine stays an error", "[executor]") {
  RunLab lab;
  vm::LaunchSpec spec;
  spec.run_dir = test::run_dir("web");
  const StepResult result = take_over(spec, {ErrorKind::Busy, "the lock is held"}, lab.host());
  REQUIRE(result.error);
  CHECK(result.error->text() == "the lock is held");
  CHECK(lab.machines.calls().empty());
}

}  // namespace vmplan::exec
