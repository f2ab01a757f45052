// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/plan_file.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/keys.h"
#include "compiler/plan/verify.h"
#include "tests/support/sample_lab.h"
#include "tests/support/schema_file.h"

using namespace vmplan;

namespace {

plan::Plan two_machines() {
  model::Lab lab = test::sample_lab();
  lab.vms.push(test::sample_vm("db"));
  lab.vms.push(test::sample_vm("web"));
  return test::plan_of(lab);
}

}  // namespace

TEST_CASE("a plan file reads back as the same plan") {
  plan::Plan plan = two_machines();
  std::string file = plan::write_plan(plan);
  Result<plan::Plan> read = plan::read_plan(file);
  REQUIRE(read);
  CHECK(plan::write_plan(*read) == file);
  CHECK(read->nodes.size() == 4);
  CHECK(plan::plan_hash(*read) == plan::plan_hash(plan));
}

TEST_CASE("an empty plan is a plan too") {
  plan::Plan plan;
  plan.lab = "empty";
  REQUIRE(plan::read_plan(plan::write_plan(plan)));
}

TEST_CASE("node documents and own documents are canonical JSON") {
  plan::Plan plan = two_machines();
  for (const plan::CommandPlan& node : plan.nodes) {
    CHECK(read_canonical_json(plan::node_document(node)));
    CHECK(read_canonical_json(plan::own_document(node)));
    CHECK(read_canonical_json(plan::key_document_of(plan, node)));
    Result<plan::CommandPlan> read = plan::read_node(plan::node_document(node));
    REQUIRE(read);
    CHECK(*read == node);
  }
}

TEST_CASE("every flipped byte of a plan file is refused") {
  std::string file = plan::write_plan(two_machines());
  for (std::size_t at = 0; at < file.size(); at += 7) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    INFO(at);
    CHECK_FALSE(plan::read_plan(damaged));
  }
}

TEST_CASE("a plan file cut at any place is refused") {
  std::string file = plan::write_plan(two_machines());
  for (std::size_t size = 0; size < file.size(); size += 97)
    CHECK_FALSE(plan::read_plan(file.substr(0, size)));
}

TEST_CASE("an edited node with a repaired file digest is still refused") {
  std::string file = plan::write_plan(two_machines());
  std::size_t at = file.find("512M");
  REQUIRE(at != std::string::npos);
  file.replace(at, 4, "768M");
  std::size_t end = file.rfind(",\"digest\":");
  file = file.substr(0, end) + ",\"digest\":\"" + sha256(file.substr(0, end)).text() + "\"}\n";
  Result<plan::Plan> read = plan::read_plan(file);
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("argv_hash does not fit argv") != std::string::npos);
}

TEST_CASE("an unknown member of a node is refused") {
  plan::Plan plan = two_machines();
  std::string document = plan::node_document(*plan.nodes.begin());
  Result<Json> tree = read_canonical_json(document);
  (*tree)["zzz"] = 1;
  Result<plan::CommandPlan> read = plan::read_node(canonical(*tree));
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("members that this version does not know") != std::string::npos);
}

TEST_CASE("every missing member of a node is named") {
  plan::Plan plan = two_machines();
  Result<Json> tree = read_canonical_json(plan::node_document(*plan.nodes.begin()));
  for (const auto& [name, value] : *tree->if_object()) {
    Json cut = *tree;
    cut.if_object()->erase(name);
    Result<plan::CommandPlan> read = plan::read_node(canonical(cut));
    INFO(name);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find("\"" + name + "\"") != std::string::npos);
  }
}

TEST_CASE("a node says who wanted it, in words of a closed list") {
  plan::CommandPlan node = test::node_of(two_machines(), "vm/web");
  CHECK(node.source == plan::Source::User);
  for (auto source : {plan::Source::User, plan::Source::Doctor, plan::Source::AiAssistant,
                      plan::Source::Service}) {
    node.source = source;
    Result<plan::CommandPlan> read = plan::read_node(plan::node_document(node));
    REQUIRE(read);
    CHECK(*read == node);
  }
  Result<Json> tree = read_canonical_json(plan::node_document(node));
  for (const char* name : {"category", "risk", "source"}) {
    for (const char* word : {"", "nobody", "User", "VM", "LOW", "ai_assistant"}) {
      Json other = *tree;
      other[name] = word;
      Result<plan::CommandPlan> read = plan::read_node(canonical(other));
      REQUIRE_FALSE(read);
      CHECK(read.error().message.find(fmt::format("\"{}\" is \"{}\"", name, word)) !=
            std::string::npos);
    }
  }
}

TEST_CASE("every word of a category is read back") {
  plan::CommandPlan node = test::node_of(two_machines(), "vm/web");
  for (int value = 0; !plan::to_text(static_cast<plan::Category>(value)).empty(); ++value) {
    node.category = static_cast<plan::Category>(value);
    Result<plan::CommandPlan> read = plan::read_node(plan::node_document(node));
    REQUIRE(read);
    CHECK(read->category == node.category);
  }
}

TEST_CASE("plan schema: it is of this format and knows every word and every member") {
  using test::at;
  Json schema = test::schema_file("plan");
  CHECK(*at(schema, "properties/schema/const").if_string() == plan::kPlanSchema);
  CHECK(test::words(at(schema, "$defs/node/properties/risk/enum")) ==
        test::all_words<plan::Risk>(&plan::to_text));
  CHECK(test::words(at(schema, "$defs/node/properties/category/enum")) ==
        test::all_words<plan::Category>(&plan::to_text));
  CHECK(test::words(at(schema, "$defs/node/properties/source/enum")) ==
        test::all_words<plan::Source>(&plan::to_text));

  plan::CommandPlan node = test::node_of(two_machines(), "vm/web");
  node.output_digest = sha256("x");
  plan::Step& step = node.commands.front();
  step.stdin_blob = sha256("y");
  step.secrets.push_back({"password", "env:PASSWORD", "1"});
  Result<Json> document = read_canonical_json(plan::node_document(node));
  REQUIRE(document);
  const Json& shown = document->find("commands")->if_array()->front();
  CHECK(test::keys(at(schema, "$defs/node/properties")) == test::keys(*document));
  CHECK(test::keys(at(schema, "$defs/step/properties")) == test::keys(shown));
  CHECK(test::keys(at(schema, "$defs/step/properties/stdin/properties")) ==
        test::keys(at(shown, "stdin")));
  CHECK(test::keys(at(schema, "$defs/step/properties/secrets/items/properties")) ==
        test::keys(at(shown, "secrets").if_array()->front()));

  std::set<std::string> conditions;
  std::set<std::string> modes;
  for (auto kind : {plan::Ready::Kind::Qmp, plan::Ready::Kind::Socket, plan::Ready::Kind::Process})
    for (auto mode : {plan::StepMode::Run, plan::StepMode::Daemon}) {
      step.ready = {kind, "s"};
      step.mode = mode;
      Result<Json> other = read_canonical_json(plan::node_document(node));
      REQUIRE(other);
      const Json& first = other->find("commands")->if_array()->front();
      conditions.merge(test::keys(at(first, "ready")));
      modes.insert(*at(first, "mode").if_string());
    }
  CHECK(test::keys(at(schema, "$defs/step/properties/ready/properties")) == conditions);
  CHECK(test::words(at(schema, "$defs/step/properties/mode/enum")) == modes);
}
