// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/recipe_steps.h"

#include <fmt/format.h>

#include "compiler/lower/image_node.h"
#include "compiler/lower/steps.h"

namespace vmplan::lower {
namespace {

/// Where the placeholders of one recipe lead.
struct Places {
  std::string work;
  std::string out;
  const LabFacts& facts;

  std::string of(const model::RecipePiece& piece) const {
    switch (piece.place) {
      case model::RecipePlace::Text:
        return piece.text;
      case model::RecipePlace::Work:
        return work;
      case model::RecipePlace::Out:
        return out;
      case model::RecipePlace::Image:
        return facts.image_called(piece.text).stored;
    }
    return {};
  }
};

std::vector<std::string> argv_of(const model::RecipeStep& step, const Places& places) {
  std::vector<std::string> argv;
  for (const model::RecipeWord& word : step.run) {
    argv.emplace_back();
    for (const model::RecipePiece& piece : word) argv.back() += places.of(piece);
  }
  return argv;
}

/// The programs work in a directory of their own, which the first step of the node empties: begun
/// anew, they meet nothing that an interrupted run left. So each may be run again, with all before
/// it.
plan::Step program_step(const model::RecipeStep& recipe, std::size_t number, const Places& places) {
  plan::Step step;
  step.step_id = fmt::format("recipe-{}", number);
  step.argv = argv_of(recipe, places);
  step.env = recipe.env;
  step.timeout_seconds = recipe.timeout.value;
  step.idempotent = true;
  return step;
}

}  // namespace

void add_recipe(plan::CommandPlan& node, const LabFacts& facts, const model::Image& image,
                Unit& unit) {
  const model::Recipe& recipe = *image.recipe;
  Places places{fmt::format("{}/work/{}", facts.state_dir, image.name), {}, facts};
  places.out = fmt::format("{}/{}", places.work, image.name);
  node.commands.push_back(steps::make_workspace("workspace", places.work));
  for (const model::RecipeStep& step : recipe.steps) {
    plan::Step& program =
        node.commands.emplace_back(program_step(step, node.commands.size() - 1, places));
    if (step.standard_input.empty()) continue;
    program.stdin_blob = sha256(step.standard_input);
    unit.blobs.emplace(program.stdin_blob->text(), step.standard_input);
  }
  node.commands.push_back(steps::import_image("import", places.out, image.stored, image.sha256));
  node.commands.push_back(steps::remove_workspace("clean", places.work));
  for (const model::InputFile& input : recipe.inputs)
    node.inputs.push_back({input.path, input.sha256});
  for (model::ImageId other : recipe.images) node.deps.push_back(image_id(facts.image(other)));
  node.spec["recipe"] = image.address.text();
  node.spec["revision"] = recipe.revision;
  node.display.title = "Make image " + image.name;
  node.display.explanation =
      "Runs the recipe in an empty directory and puts what it makes into the store, under the key "
      "of the recipe. Its digest is recorded in the lock file; a later run must give the same "
      "bytes.";
}

}  // namespace vmplan::lower
