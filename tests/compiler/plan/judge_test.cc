// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/judge.h"

#include <catch2/catch.hpp>

using namespace vmplan;
using plan::Risk;

namespace {

plan::CommandPlan node_of(std::vector<std::string> argv) {
  plan::CommandPlan node;
  node.id = "vm/web";
  plan::Step step;
  step.step_id = "step";
  step.argv = std::move(argv);
  node.commands.push_back(std::move(step));
  return node;
}

using Argv = std::vector<std::string>;

/// The risk of a step; it is the same on the way there, on the way back and while looking.
Risk risk_of(const Argv& argv) {
  plan::CommandPlan node = node_of(argv);
  const plan::Judgement judged = plan::judge(node);
  plan::CommandPlan back = node_of({"vmplan", "step", "check", "a"});
  back.rollback = node.commands;
  CHECK(plan::judge(back) == judged);
  back.probe = std::move(back.rollback);
  back.rollback.clear();
  CHECK(plan::judge(back) == judged);
  CHECK(plan::steps_risk(node.commands) == judged.risk);
  return judged.risk;
}

bool asks(const Argv& argv, plan::Source source = plan::Source::User) {
  plan::CommandPlan node = node_of(argv);
  node.source = source;
  return plan::judge(node).confirmation_required;
}

const Argv kStartTcg = {"qemu-system-x86_64", "-accel", "tcg"};
const Argv kStartKvm = {"qemu-system-x86_64", "-accel", "kvm"};
const Argv kTerm = {"vmplan", "step", "machine", "signal", ".vmplan/run/web", "TERM"};
const Argv kKill = {"vmplan", "step", "machine", "signal", ".vmplan/run/web", "KILL"};
const Argv kRemove = {"vmplan", "step", "remove", "disks/a.qcow2"};

}  // namespace

TEST_CASE("risk: what only looks, makes directories, asks or waits is low") {
  const std::string digest = sha256("a").text();
  for (const Argv& argv :
       {Argv{"vmplan", "step", "check", "a"}, Argv{"vmplan", "step", "verify", "a", digest},
        Argv{"vmplan", "step", "mkdir", "a", "0755"},
        Argv{"vmplan", "step", "machine", "powerdown", "a"},
        Argv{"vmplan", "step", "machine", "wait", "a", "5"},
        Argv{"vmplan", "step", "machine", "clean", "a"},
        Argv{"vmplan", "step", "serial", "mark", "a", "b"}})
    CHECK(risk_of(argv) == Risk::Low);
}

TEST_CASE("risk: a start is low under TCG") { CHECK(risk_of(kStartTcg) == Risk::Low); }

TEST_CASE("risk: a start under any other accelerator is medium") {
  for (const Argv& argv :
       {kStartKvm, Argv{"/opt/qemu/bin/qemu-system-aarch64", "-accel", "kvm"},
        Argv{"qemu-system-x86_64"}, Argv{"qemu-system-x86_64", "-accel"},
        Argv{"qemu-system-x86_64", "-accel", "kvm", "-accel", "tcg"},
        Argv{"qemu-system-x86_64", "-accel", "hvf"}, Argv{"qemu-system-x86_64", "-accel", "whpx"}})
    CHECK(risk_of(argv) == Risk::Medium);
}

TEST_CASE("risk: making or resizing a disk or image is medium") {
  for (const Argv& argv :
       {Argv{"qemu-img", "create", "./a.vmplan-new"}, Argv{"qemu-img", "resize", "./a", "9G"},
        Argv{"vmplan", "step", "publish", "a", "raw", "0", "-"},
        Argv{"vmplan", "step", "import", "a", "b", sha256("a").text()}})
    CHECK(risk_of(argv) == Risk::Medium);
}

TEST_CASE("risk: stopping a machine without its guest is medium, and high with SIGKILL") {
  CHECK(risk_of({"vmplan", "step", "machine", "quit", "a"}) == Risk::Medium);
  CHECK(risk_of(kTerm) == Risk::Medium);
  CHECK(risk_of(kKill) == Risk::High);
}

TEST_CASE("risk: any other program is medium") {
  CHECK(risk_of({"/usr/bin/true"}) == Risk::Medium);
}

TEST_CASE("risk: what raises rights is high") {
  for (const char* program : {"ip", "sudo", "/usr/bin/sudo", "doas", "pkexec", "/bin/su"})
    CHECK(risk_of({program, "true"}) == Risk::High);
}

TEST_CASE("risk: deleting a disk is critical") { CHECK(risk_of(kRemove) == Risk::Critical); }

TEST_CASE("risk: what cannot be judged is critical") {
  CHECK(risk_of({}) == Risk::Critical);
  CHECK(risk_of({"vmplan", "step", "erase", "a"}) == Risk::Critical);
}

TEST_CASE("confirmation: low and medium risk of a user ask for none, high and critical do") {
  CHECK_FALSE(asks(kStartTcg));
  CHECK_FALSE(asks(kStartKvm));
  CHECK_FALSE(asks(kTerm));
  CHECK(asks(kKill));
  CHECK(asks({}));
}

TEST_CASE("confirmation: rights are asked about, on the way back too") {
  CHECK(asks({"sudo", "true"}));
  plan::CommandPlan node = node_of(kStartTcg);
  node.rollback = node_of({"sudo", "true"}).commands;
  CHECK(plan::judge(node).requires_privilege);
  CHECK(plan::judge(node).confirmation_required);
}

TEST_CASE("confirmation: loss is asked about, on the way back too") {
  CHECK(asks(kRemove));
  plan::CommandPlan node = node_of(kStartTcg);
  node.rollback = node_of(kRemove).commands;
  CHECK(plan::judge(node).destructive);
  CHECK(plan::judge(node).confirmation_required);
  // What runs at a start is judged by itself: the removal that would undo it does not count.
  CHECK(plan::steps_risk(node.commands) == Risk::Low);
}

TEST_CASE("confirmation: medium risk is asked about when an AI assistant wants it") {
  CHECK_FALSE(asks(kStartTcg, plan::Source::AiAssistant));
  CHECK(asks(kStartKvm, plan::Source::AiAssistant));
  for (auto source : {plan::Source::Doctor, plan::Source::Service}) {
    CHECK_FALSE(asks(kStartKvm, source));
    CHECK(asks(kKill, source));
  }
}

TEST_CASE("rights and loss follow from what a step runs") {
  CHECK(plan::judge(node_of({"/usr/bin/sudo", "true"})).requires_privilege);
  CHECK_FALSE(plan::judge(node_of(kStartKvm)).requires_privilege);
  CHECK(plan::judge(node_of(kRemove)).destructive);
  CHECK_FALSE(plan::judge(node_of(kKill)).destructive);
}

TEST_CASE("what a node affects is named: itself, and the files that it makes") {
  plan::CommandPlan node = node_of({"vmplan", "step", "check", "a"});
  node.outputs = {{"logs/web", true}, {".vmplan/run/web", true}};
  CHECK(plan::judge(node).affected_resources ==
        std::vector<std::string>{"file:.vmplan/run/web", "file:logs/web", "vm:web"});
}
