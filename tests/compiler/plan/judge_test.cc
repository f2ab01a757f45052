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

struct Case {
  std::vector<std::string> argv;
  Risk risk;
  bool asks;
};

}  // namespace

TEST_CASE("risk, loss, rights and confirmation follow from what a step runs") {
  const Case cases[] = {
      {{"vmplan", "step", "verify", "a", sha256("a").text()}, Risk::Low, false},
      {{"vmplan", "step", "machine", "powerdown", ".vmplan/run/web"}, Risk::Low, false},
      {{"qemu-system-x86_64", "-accel", "tcg"}, Risk::Low, false},
      {{"qemu-system-x86_64", "-accel", "kvm"}, Risk::Medium, false},
      {{"/opt/qemu/bin/qemu-system-aarch64", "-accel", "kvm"}, Risk::Medium, false},
      {{"qemu-img", "create", "./a.vmplan-new"}, Risk::Medium, false},
      {{"vmplan", "step", "machine", "signal", ".vmplan/run/web", "TERM"}, Risk::Medium, false},
      {{"vmplan", "step", "machine", "signal", ".vmplan/run/web", "KILL"}, Risk::High, true},
      {{"/usr/bin/sudo", "true"}, Risk::High, true},
      {{"vmplan", "step", "remove", "disks/a.qcow2"}, Risk::Critical, true},
      {{}, Risk::Critical, true},
  };
  for (const Case& each : cases) {
    plan::CommandPlan node = node_of(each.argv);
    INFO((each.argv.empty() ? "" : each.argv.back()));
    const plan::Judgement judged = plan::judge(node);
    CHECK(judged.risk == each.risk);
    CHECK(judged.confirmation_required == each.asks);
    CHECK(judged.destructive == (each.argv.size() > 2 && each.argv[2] == "remove"));
    CHECK(judged.requires_privilege == (!each.argv.empty() && each.argv[0] == "/usr/bin/sudo"));
    // The way back counts like the way there.
    plan::CommandPlan back = node_of({"vmplan", "step", "check", "a"});
    back.rollback = node.commands;
    CHECK(plan::judge(back) == judged);
    back.probe = std::move(back.rollback);
    back.rollback.clear();
    CHECK(plan::judge(back) == judged);
  }
}

TEST_CASE("what a node affects is named: itself, and the files that it makes") {
  plan::CommandPlan node = node_of({"vmplan", "step", "check", "a"});
  node.outputs = {{"logs/web", true}, {".vmplan/run/web", true}};
  CHECK(plan::judge(node).affected_resources ==
        std::vector<std::string>{"file:.vmplan/run/web", "file:logs/web", "vm:web"});
}
