// SPDX-License-Identifier: Apache-2.0
// Recipes: their words, their keys, and what a recorded result means.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/change/diff.h"
#include "compiler/model/complete_images.h"
#include "compiler/model/recipe_words.h"
#include "compiler/plan/plan.h"
#include "tests/support/applied.h"
#include "tests/support/compile_lab.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

const std::string kProfile =
    "schema_version = 1\n[vm]\nname = \"web\"\n[hardware]\narch = \"x86_64\"\ncores = 1\n"
    "memory_mb = 256\nacceleration = \"tcg\"\n[[storage.disks]]\nname = \"root\"\n"
    "path = \"disks/root.qcow2\"\nformat = \"qcow2\"\nimage = \"base\"\nboot = true\n";

struct RecipeText {
  std::string revision = "1";
  std::string env = "A=1";
  std::string word = "64M";
  std::string standard_input = "x";
  std::string input = "bytes";
  std::string other = "raw";
  std::string timeout = "60";
};

std::map<std::string, std::string> lab(const RecipeText& text = {}) {
  return {{"profiles/web.toml", kProfile},
          {"in/seed", text.input},
          {"vmplan.toml",
           "schema_version = 1\n[images.base]\nformat = \"qcow2\"\nrevision = \"" + text.revision +
               "\"\n[images.other]\nformat = \"raw\"\n"
               "[[recipe]]\nimage = \"other\"\nrun = [\"cp\", \"in/seed\", \"{out}\", \"" +
               text.other +
               "\"]\n"
               "[[recipe]]\nimage = \"base\"\nrun = [\"qemu-img\", \"create\", \"-b\", "
               "\"{image:other}\", \"{out}\", \"" +
               text.word + "\"]\nenv = [\"" + text.env + "\"]\ninputs = [\"in/seed\"]\nstdin = \"" +
               text.standard_input + "\"\ntimeout_seconds = " + text.timeout + "\n"}};
}

const model::Image& base_of(const Compiled& compiled) { return *compiled.lab.images.begin(); }

const plan::CommandPlan& node(const Compiled& compiled, std::string_view id) {
  return compiled.plan.nodes[compiled.plan.find(id).value()];
}

/// What applying `now` does to a node when `then` is applied.
change::Action action_of(const Compiled& then, const Compiled& now, std::string_view id) {
  for (const change::Row& row : change::diff(test::applied(then.plan), now.plan, {}).set.rows)
    if (row.id == id) return row.action;
  return change::Action::None;
}

}  // namespace

TEST_CASE("recipes: words are text and places, and braces are written twice") {
  using model::RecipePlace;
  auto word = [](std::string_view text) { return model::read_recipe_word(text).word; };
  CHECK(word("plain } word") == model::RecipeWord{{RecipePlace::Text, "plain } word"}});
  CHECK(word("if={work}/a") == model::RecipeWord{{RecipePlace::Text, "if="},
                                                 {RecipePlace::Work, ""},
                                                 {RecipePlace::Text, "/a"}});
  CHECK(word("{image:a}{out}") ==
        model::RecipeWord{{RecipePlace::Image, "a"}, {RecipePlace::Out, ""}});
  CHECK(word("{{}") == model::RecipeWord{{RecipePlace::Text, "{}"}});
  for (std::string_view bad : {"{", "a{b", "{}", "{index}", "{image:}", "{out"})
    CHECK_FALSE(model::read_recipe_word(bad).fault.empty());
}

TEST_CASE("property: a word of a recipe is read back as it is written", "[recipes]") {
  rc::check([](const std::vector<std::pair<int, std::string>>& parts) {
    std::string text;
    for (const auto& [kind, letters] : parts) {
      static const std::array<std::string, 5> kPieces = {"{work}", "{out}", "{image:x}", "{{", "}"};
      text += kPieces[static_cast<std::size_t>(kind < 0 ? -(kind % 5) : kind % 5)];
      for (char c : letters)
        if (c != '{') text += c;
    }
    const model::RecipeWordReading once = model::read_recipe_word(text);
    RC_ASSERT(once.fault.empty());
    RC_ASSERT(model::read_recipe_word(model::to_text(once.word)).word == once.word);
  });
}

TEST_CASE("recipes: the key holds everything that goes into the image, and nothing else") {
  const Digest key = base_of(compile_lab(lab())).address;
  auto key_with = [](const RecipeText& text) { return base_of(compile_lab(lab(text))).address; };
  CHECK(key_with({.revision = "2"}) != key);
  CHECK(key_with({.env = "A=2"}) != key);
  CHECK(key_with({.word = "65M"}) != key);
  CHECK(key_with({.standard_input = "y"}) != key);
  CHECK(key_with({.input = "other bytes"}) != key);
  // An image that it is made from.
  CHECK(key_with({.other = "again"}) != key);
  CHECK(key_with({.timeout = "61"}) == key);
}

TEST_CASE("recipes: before a recipe has run its image has a place and no digest") {
  const Compiled compiled = compile_lab(lab());
  const model::Image& base = base_of(compiled);
  const plan::CommandPlan& image = node(compiled, "image/base");
  CHECK_FALSE(image.output_digest);
  CHECK(image.outputs.front().path == ".vmplan/store/" + base.address.hex() + "/base");
  CHECK(image.deps == std::vector<std::string>{"image/other"});
  CHECK(compiled.lock.outputs.empty());
  CHECK(node(compiled, "disk/web/root").spec.find("backing")->find("sha256") == nullptr);
  // What a step reads from standard input travels with the plan.
  CHECK(compiled.plan.blobs.at(sha256("x").text()) == "x");
}

TEST_CASE("recipes: a recorded result moves nothing, and is demanded from then on") {
  const Compiled before = compile_lab(lab());
  const Digest made = sha256("what it made");
  model::LabRequest request;
  request.recorded = {{model::result_name(base_of(before)), made},
                      {"image/base/" + sha256("of another recipe").hex(), sha256("stale")}};
  const Compiled after = compile_lab(lab(), request);
  const plan::CommandPlan& image = node(after, "image/base");
  CHECK(image.outputs == node(before, "image/base").outputs);
  CHECK(image.output_digest == made);
  CHECK(image.commands.back().argv == std::vector<std::string>{"vmplan", "step", "verify",
                                                               image.outputs.front().path,
                                                               made.text()});
  CHECK(node(after, "disk/web/root").commands == node(before, "disk/web/root").commands);
  CHECK(action_of(before, after, "image/base") == change::Action::Record);
  request.recorded.begin()->second = sha256("other bytes");
  CHECK(action_of(after, compile_lab(lab(), request), "image/base") == change::Action::Update);
  // What is not this recipe's is not kept.
  CHECK(after.lock.outputs.size() == 1);
  CHECK(after.lock.outputs.at(model::result_name(base_of(before))) == made);
}

TEST_CASE("recipes: a digest in vmplan.toml pins what the recipe makes") {
  std::map<std::string, std::string> files = lab();
  const std::string digest = sha256("wanted").hex();
  files["vmplan.toml"].insert(files["vmplan.toml"].find("revision"),
                              "sha256 = \"" + digest + "\"\n");
  const Compiled compiled = compile_lab(files);
  CHECK(node(compiled, "image/base").output_digest == Digest::parse_hex(digest));
  CHECK(compiled.lock.outputs.empty());
}
