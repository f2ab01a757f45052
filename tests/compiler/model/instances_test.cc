// SPDX-License-Identifier: Apache-2.0
// Placeholders, and one profile as many machines.
#include "compiler/model/instances.h"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/model/placeholders.h"
#include "compiler/plan/canonical.h"
#include "tests/support/compile_lab.h"
#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

const std::string kEach = "db";

std::string replaced(std::string_view text, std::int64_t index = 7) {
  model::Replaced out = model::replace_placeholders(text, {index, &kEach});
  return out.fault.empty() ? out.text : "fault";
}

std::optional<std::int64_t> number(std::string_view text) {
  const std::string each = "2048";
  return model::replace_placeholders(text, {7, &each}).number;
}

/// A profile of `count` machines, or of one when it is written out for `index`.
std::string node(std::optional<int> count, int index) {
  std::string text = fmt::format(
      "schema_version = 1\n{}[vm]\nname = \"node-@\"\ndescription = \"number #\"\n[hardware]\n"
      "arch = \"x86_64\"\ncores = 1\nmemory_mb = %\nacceleration = \"tcg\"\n"
      "[[storage.disks]]\nname = \"root\"\npath = \"disks/#.qcow2\"\nformat = \"qcow2\"\n"
      "size_gb = 1\nboot = true\n[[network.interfaces]]\nname = \"lan\"\ntype = \"user\"\n"
      "hostfwd = [\"tcp:127.0.0.1:&-:22\"]\n",
      count ? fmt::format("[instances]\ncount = {}\n", *count) : "");
  std::string out;
  for (char c : text) {
    if (c == '@') {
      out += count ? "{index:03}" : fmt::format("{:03}", index);
    } else if (c == '#') {
      out += count ? "{index}" : fmt::format("{}", index);
    } else if (c == '%') {
      out += count ? "\"{index+512}\"" : fmt::format("{}", index + 512);
    } else if (c == '&') {
      out += count ? "{index+20000}" : fmt::format("{}", index + 20000);
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> nodes_of(const plan::Plan& plan) {
  std::vector<std::string> out;
  for (const plan::CommandPlan& one : plan.nodes) out.push_back(plan::node_document(one));
  return out;
}

}  // namespace

TEST_CASE("placeholders: what stands in braces is counted, or each machine's own text") {
  CHECK(replaced("web-{index}") == "web-7");
  CHECK(replaced("web-{index:03}") == "web-007");
  CHECK(replaced("{index+8000}") == "8007");
  CHECK(replaced("{index+1:02}/{each}") == "08/db");
  CHECK(replaced("{index:01}", 12345) == "12345");
  CHECK(replaced("{{index} }") == "{index} }");
  CHECK(replaced("{{{index}}") == "{7}");
  CHECK(replaced("no brace") == "no brace");
  CHECK(replaced("").empty());
}

TEST_CASE("placeholders: anything else in braces is a fault") {
  for (const char* text :
       {"{", "{index", "{}", "{idx}", "{index+}", "{index+-1}", "{index-1}", "{index+1000000001}",
        "{index:3}", "{index:00}", "{index:010}", "{index:0x}", "{index:}", "{ index }", "{Index}",
        "{each:03}", "{index+1+1}", "{index{index}}", "{indexes}"}) {
    INFO(text);
    CHECK(replaced(text) == "fault");
  }
  CHECK_FALSE(model::replace_placeholders("{each}", {0, nullptr}).fault.empty());
}

TEST_CASE("placeholders: a text of one placeholder may be a number") {
  CHECK(number("{index}") == 7);
  CHECK(number("{index+512}") == 519);
  CHECK(number("{index:03}") == 7);
  CHECK(number("{each}") == 2048);
  CHECK_FALSE(number("1{index}"));
  CHECK_FALSE(number("{index}{index}"));
  CHECK_FALSE(number("7"));
  CHECK_FALSE(model::replace_placeholders("{each}", {7, &kEach}).number);
}

TEST_CASE("property: texts without a brace stay, and escaped ones come back") {
  CHECK(rc::check([](const std::string& text) {
    std::string escaped;
    for (char c : text) escaped += c == '{' ? std::string("{{") : std::string(1, c);
    RC_ASSERT(replaced(escaped) == text);
  }));
}

TEST_CASE("property: instances are the machines of as many profiles, node by node") {
  CHECK(rc::check([] {
    const int count = *rc::gen::inRange(1, 12);
    std::map<std::string, std::string> separate;
    for (int i = 0; i < count; ++i)
      separate[fmt::format("profiles/{}.toml", i)] = node(std::nullopt, i);
    Compiled many = compile_lab({{"profiles/node.toml", node(count, 0)}});
    Compiled apart = compile_lab(separate);
    RC_ASSERT(nodes_of(many.plan) == nodes_of(apart.plan));
    for (const auto& [name, profile] : apart.plan.profiles)
      RC_ASSERT(many.plan.profiles.at(name).profile_hash == profile.profile_hash);
  }));
}

TEST_CASE("the machines may be counted in what the profile builds on") {
  std::string rest = node(3, 0);
  rest.erase(rest.find("name = \"node"), std::string("name = \"node-{index:03}\"\n").size());
  Compiled split = compile_lab(
      {{"profiles/node.toml",
        "schema_version = 1\n[vm]\nname = \"node-{index:03}\"\nextends = \"base.toml\"\n"},
       {"base.toml", rest}});
  CHECK(nodes_of(split.plan) == nodes_of(compile_lab({{"profiles/node.toml", node(3, 0)}}).plan));
}

TEST_CASE("one more machine changes no other") {
  Compiled three = compile_lab({{"profiles/node.toml", node(3, 0)}});
  Compiled four = compile_lab({{"profiles/node.toml", node(4, 0)}});
  std::vector<std::string> before = nodes_of(three.plan);
  std::vector<std::string> after = nodes_of(four.plan);
  CHECK(after.size() == before.size() + 2);
  CHECK(std::includes(after.begin(), after.end(), before.begin(), before.end()));
}

TEST_CASE("what is wrong in a profile of many machines is said once") {
  std::string profile = node(500, 0);
  profile.insert(profile.find("[vm]"), "[hardwear]\na = 1\n");
  profile.replace(profile.find("cores = 1"), 9, "cores = 0");
  ModelRun run = run_model({{"profiles/node.toml", profile}});
  CHECK(run.diagnostics.error_count() == 1);
  CHECK(run.diagnostics.warning_count() <= 2);
}

TEST_CASE("braces are ordinary characters in a profile of one machine") {
  ModelRun run = run_model(
      {{"profiles/web.toml",
        sample_profile("web", "[kernel]\nenabled = false\nappend = \"{index} {{x}} {\"\n")}});
  REQUIRE(run.lab);
  CHECK(*run.files.profiles[0].profile.kernel.append == "{index} {{x}} {");
}
