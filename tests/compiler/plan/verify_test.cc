// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/verify.h"

#include <catch2/catch.hpp>
#include <functional>

#include "compiler/base/text.h"
#include "compiler/plan/builtins.h"
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

TEST_CASE("argv[0] is a known name or a normal absolute path") {
  for (const char* name :
       {"../qemu", "bin/qemu", "/usr/../bin/sh", "-qemu", "", "qemu system", "sh", "true"})
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

TEST_CASE("a probe only looks") {
  using Argv = std::vector<std::string>;
  for (const Argv& argv : {Argv{"vmplan", "step", "remove", "disks/web/root.qcow2"},
                           Argv{"vmplan", "step", "mkdir", "x", "0700"},
                           Argv{"vmplan", "step", "machine", "quit", "x"},
                           Argv{"qemu-img", "resize", "./disks/web/root.qcow2", "9G"}})
    CHECK_THAT(broken("vm/web",
                      [&](auto& n) {
                        n.probe[0].argv = argv;
                        plan::apply_judgement(n);
                      }),
               Contains("a probe only looks"));
}

TEST_CASE("vmplan runs in a plan only as a built-in step that this version knows") {
  using Argv = std::vector<std::string>;
  auto with = [](const Argv& argv) {
    return broken("vm/web", [&](auto& n) {
      n.commands[0].argv = argv;
      plan::apply_judgement(n);
    });
  };
  for (const Argv& argv :
       {Argv{"vmplan", "destroy", "--yes", "--disks"}, Argv{"vmplan"}, Argv{"vmplan", "step"},
        Argv{"/usr/bin/vmplan", "step", "check", "x"}, Argv{"/usr/bin/vmplan", "destroy"}})
    CHECK_THAT(with(argv), Contains("only as `vmplan step NAME`"));
  CHECK_THAT(with({"vmplan", "step", "erase", "x"}), Contains("no built-in step \"erase x\""));
  CHECK_THAT(with({"vmplan", "step", "machine", "explode", "x"}), Contains("\"machine explode\""));
  for (const Argv& argv :
       {Argv{"vmplan", "step", "mkdir", "x"}, Argv{"vmplan", "step", "mkdir", "x", "0700", "y"},
        Argv{"vmplan", "step", "verify-chain", "disk/web/root", "x"},
        Argv{"vmplan", "step", "machine", "wait", "x"}})
    CHECK_THAT(with(argv), Contains("the words are not those of"));
  CHECK_THAT(broken("vm/web", [](auto& n) { n.commands[0].mode = plan::StepMode::Daemon; }),
             Contains("cannot be started and left running"));
}

TEST_CASE("paths of built-in steps stay in the lab and its allowed places") {
  using Argv = std::vector<std::string>;
  const std::string digest = sha256("x").text();
  auto found = [](const Argv& argv, const std::vector<std::string>& allow) {
    plan::Plan plan = one_machine();
    plan::CommandPlan node = test::node_of(plan, "vm/web");
    node.commands[0].argv = argv;
    plan::apply_judgement(node);
    plan::seal_own(node);
    std::string text;
    for (const std::string& problem : plan::node_problems(node, allow)) text += problem + "\n";
    return text;
  };
  for (const Argv& argv :
       {Argv{"vmplan", "step", "mkdir", "../../../etc/x", "0700"},
        Argv{"vmplan", "step", "import", "/etc/shadow", "x", digest},
        Argv{"vmplan", "step", "import", "x", "../y", digest},
        Argv{"vmplan", "step", "remove", "../other/disk.qcow2"},
        Argv{"vmplan", "step", "publish", "../x", "qcow2", "0", "-"},
        Argv{"vmplan", "step", "publish", "d/x", "qcow2", "0", "../../base"},
        Argv{"vmplan", "step", "publish", "d/x", "qcow2", "0", "/etc/base"},
        Argv{"vmplan", "step", "machine", "clean", "/run"}, Argv{"vmplan", "step", "check", ""},
        Argv{"vmplan", "step", "verify-chain", "disk/web/root", "../x", "raw"}})
    CHECK_THAT(found(argv, {}), Contains("leaves the lab"));
  CHECK(found({"vmplan", "step", "import", "/srv/images/x", "x", digest}, {"/srv/images"}).empty());
  CHECK(found({"vmplan", "step", "publish", "d/x", "qcow2", "0", "../base"}, {}).empty());
  CHECK_THAT(found({"vmplan", "step", "verify-chain", "../x"}, {}), Contains("is no node id"));
}

TEST_CASE("environment names are plain, and values are text") {
  for (const char* name : {"", "A B", "1A", "\u00e9", "A=B"})
    CHECK_THAT(broken("vm/web", [&](auto& n) { n.commands[0].env[name] = "x"; }),
               Contains("environment variable"));
  CHECK_THAT(broken("vm/web", [](auto& n) { n.commands[0].env["A"] = std::string("\0", 1); }),
             Contains("holds NUL"));
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

TEST_CASE("a category is that of the kind, and no other") {
  plan::Plan plan = one_machine();
  CHECK(test::node_of(plan, "vm/web").category == plan::Category::Vm);
  CHECK(test::node_of(plan, "disk/web/root").category == plan::Category::File);
  for (const char* kind : {"disk", "firmware", "image"})
    CHECK(plan::category_of(kind) == plan::Category::File);
  CHECK(plan::category_of("qemu.vm") == plan::Category::Vm);
  CHECK(plan::category_of("podman.container") == plan::Category::General);
  CHECK_THAT(broken("vm/web", [](auto& n) { n.category = plan::Category::File; }),
             Contains("category is file, its kind says vm"));
}

TEST_CASE("what an older version thought of a stored node is not held against it") {
  plan::Plan plan = one_machine();
  plan::CommandPlan node = test::node_of(plan, "disk/web/root");
  node.risk = plan::Risk::Low;
  node.confirmation_required = false;
  node.affected_resources.clear();
  node.category = plan::Category::General;
  CHECK(plan::node_problems(node, {}).size() == 4);
  CHECK(plan::stored_node_problems(node, {}).empty());
  // What is hashed is as fixed as the steps.
  plan::CommandPlan hidden = node;
  hidden.destructive = false;
  plan::seal_own(hidden);
  CHECK(plan::stored_node_problems(hidden, {}).size() == 1);
  node.commands[0].argv.back() = "0777";
  CHECK(plan::stored_node_problems(node, {}).size() == 2);  // argv_hash, own
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

TEST_CASE("display, metadata, category, source and order-only edges are in no digest") {
  plan::Plan plan = one_machine();
  plan::CommandPlan node = test::node_of(plan, "vm/web");
  plan::CommandPlan shown = node;
  shown.display.title = "another";
  shown.metadata["x"] = 1;
  shown.after = {"disk/web/root"};
  shown.affected_resources.emplace_back("x");
  shown.category = plan::Category::Doctor;
  shown.source = plan::Source::Doctor;
  plan::seal_own(shown);
  CHECK(shown.own == node.own);
}

TEST_CASE("the forms of built-in steps are sorted, and each begins its grammar and is found") {
  std::string previous;
  for (const plan::BuiltinForm& form : plan::builtin_forms()) {
    std::vector<std::string> words = {std::string(form.name)};
    if (!form.verb.empty()) words.emplace_back(form.verb);
    const std::string begin = join(std::span<const std::string>(words), " ");
    CHECK(previous < begin);
    CHECK(form.grammar.starts_with(begin + " "));
    CHECK(plan::find_builtin(words) == &form);
    // What only looks does no harm.
    if (form.looks_only) CHECK((!form.destructive && form.risk == plan::Risk::Low));
    previous = begin;
  }
}

TEST_CASE("node ids are plain segments") {
  CHECK(plan::is_node_id("disk/web/root"));
  for (const char* id : {"", "/", "a//b", "a/../b", "a b", "a/", "\u00e9"})
    CHECK_FALSE(plan::is_node_id(id));
}
