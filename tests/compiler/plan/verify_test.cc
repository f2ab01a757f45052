// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/verify.h"

#include <catch2/catch.hpp>
#include <functional>

#include "compiler/plan/judge.h"
#include "compiler/plan/keys.h"
#include "tests/support/sample_lab.h"

using namespace vmplan;

namespace {

plan::Plan one_machine() {
  model::Lab lab = test::sample_lab();
  lab.vms.push(test::sample_vm("web"));
  return test::plan_of(lab);
}

/// Breaks a node, seals it again so that only the break shows, and returns what verify says.
std::string broken(const std::string& id, const std::function<void(plan::CommandPlan&)>& breaks,
                   bool reseal = true) {
  plan::Plan plan = one_machine();
  plan::CommandPlan& node = plan.nodes[*plan.find(id)];
  breaks(node);
  if (reseal) {
    plan::seal_own(node);
    if (plan::topological_order(plan)) plan::compute_keys(plan);
  }
  Status ok = plan::verify(plan);
  return ok ? "" : ok.error().message;
}

}  // namespace

using Catch::Contains;

TEST_CASE("a lowered plan verifies") { CHECK(plan::problems(one_machine()).empty()); }

TEST_CASE("trap: NUL in an argv element is refused before it is hashed as a boundary") {
  CHECK_THAT(
      broken("vm/web", [](auto& n) { n.commands.back().argv.push_back(std::string("a\0b", 3)); }),
      Contains("holds NUL"));
}

TEST_CASE("trap: an empty argv is refused") {
  CHECK_THAT(broken(
                 "disk/web/root", [](auto& n) { n.commands[1].argv.clear(); }, false),
             Contains("empty argv"));
}

TEST_CASE("a built node has commands, and is validated and nothing further") {
  CHECK_THAT(broken("disk/web/root", [](auto& n) { n.commands.clear(); }),
             Contains("has no commands"));
  for (const char* status : {"", "draft", "confirmed", "executing", "succeeded", "Validated"})
    CHECK_THAT(broken("vm/web", [&](auto& n) { n.status = status; }),
               Contains("a built plan's is \"validated\""));
}

TEST_CASE("operators of a shell are words like any other: no argv meets a shell") {
  plan::Plan plan = one_machine();
  plan::CommandPlan& node = plan.nodes[*plan.find("disk/web/root")];
  for (const char* word : {";", "&&", "|", ">", "$(id)", "`id`", "a;b", "*", "\n", ""})
    node.commands[1].argv.emplace_back(word);
  node.commands[1].argv_hash = argv_hash(node.commands[1].argv);
  plan::seal_own(node);
  plan::compute_keys(plan);
  CHECK(plan::problems(plan).empty());
}

TEST_CASE("argv[0] is a bare name or a normal absolute path") {
  for (const char* name : {"../qemu", "bin/qemu", "/usr/../bin/sh", "-qemu", "", "qemu system"})
    CHECK_THAT(broken("disk/web/root", [&](auto& n) { n.commands[1].argv[0] = name; }),
               Contains("argv[0]"));
}

TEST_CASE("rollback is judged like commands: a hidden removal is found") {
  CHECK_THAT(broken("vm/web",
                    [](auto& n) {
                      n.rollback.back().argv = {"vmplan", "step", "remove", "disks/web/root.qcow2"};
                    }),
             Contains("`destructive` does not fit"));
}

TEST_CASE("privilege cannot be hidden") {
  CHECK_THAT(broken("vm/web",
                    [](auto& n) {
                      n.commands[0].argv = {"sudo", "true"};
                    }),
             Contains("`requires_privilege` does not fit"));
}

TEST_CASE("risk cannot be lowered by hand") {
  CHECK_THAT(broken("disk/web/root", [](auto& n) { n.risk = plan::Risk::Low; }),
             Contains("risk is low"));
}

TEST_CASE("step ids are unique over commands, rollback and probe") {
  CHECK_THAT(broken("vm/web", [](auto& n) { n.probe[0].step_id = "start"; }),
             Contains("occurs twice"));
}

TEST_CASE("exit codes are 0..255, ascending and not empty") {
  CHECK_THAT(broken("vm/web", [](auto& n) { n.commands[0].expected_exit_codes = {}; }),
             Contains("expects no exit code"));
  CHECK_THAT(broken("vm/web", [](auto& n) { n.commands[0].expected_exit_codes = {256}; }),
             Contains("not 0..255"));
  CHECK_THAT(broken("vm/web",
                    [](auto& n) {
                      n.commands[0].expected_exit_codes = {1, 0};
                    }),
             Contains("ascending"));
}

TEST_CASE("paths stay in the lab") {
  CHECK_THAT(broken("disk/web/root", [](auto& n) { n.outputs[0].path = "../x"; }),
             Contains("leaves the lab"));
  CHECK_THAT(broken("vm/web", [](auto& n) { n.commands[0].cwd = "/"; }),
             Contains("cwd leaves the lab"));
}

TEST_CASE("a cycle and a missing dependency are found") {
  CHECK_THAT(broken("disk/web/root", [](auto& n) { n.deps = {"vm/web"}; }), Contains("cycle"));
  CHECK_THAT(broken(
                 "disk/web/root",
                 [](auto& n) {
                   n.deps = {"image/x"};
                   n.own = plan::CommandPlan().own;
                   plan::seal_own(n);
                 },
                 false),
             Contains("image/x is not in the plan"));
}

TEST_CASE("an output digest must be proved by the last step") {
  CHECK_THAT(broken("disk/web/root", [](auto& n) { n.output_digest = sha256("x"); }),
             Contains("last step"));
}

TEST_CASE("a literal is no secret reference") {
  CHECK_THAT(broken("vm/web",
                    [](auto& n) {
                      n.commands[0].secrets = {{"password", "hunter2", "1"}};
                    }),
             Contains("is no reference"));
}

TEST_CASE("own and key are recomputed") {
  CHECK_THAT(broken(
                 "vm/web", [](auto& n) { n.own = sha256("x"); }, false),
             Contains("`own` does not fit"));
  CHECK_THAT(broken(
                 "vm/web", [](auto& n) { n.key = sha256("x"); }, false),
             Contains("`key` does not fit"));
}

TEST_CASE("display, metadata, status notes and order-only edges are in no digest") {
  plan::Plan plan = one_machine();
  plan::CommandPlan node = test::node_of(plan, "vm/web");
  plan::CommandPlan shown = node;
  shown.display.title = "another";
  shown.metadata["x"] = 1;
  shown.after = {"disk/web/root"};
  shown.affected_resources.emplace_back("x");
  plan::seal_own(shown);
  CHECK(shown.own == node.own);
}

TEST_CASE("node ids are plain segments") {
  CHECK(plan::is_node_id("disk/web/root"));
  for (const char* id : {"", "/", "a//b", "a/../b", "a b", "a/", "\u00e9"})
    CHECK_FALSE(plan::is_node_id(id));
}
