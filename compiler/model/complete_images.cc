// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/complete_images.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/base/json_writer.h"
#include "compiler/base/lexical_path.h"
#include "compiler/base/url.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kRecipeFormat = "vmplan.recipe/1";

using Images = DenseMap<ImageId, Image>;

ImageId find(const Images& images, std::string_view name) {
  auto found =
      std::lower_bound(images.begin(), images.end(), name,
                       [](const Image& image, std::string_view n) { return image.name < n; });
  return images.id_at(static_cast<std::size_t>(found - images.begin()));
}

std::map<std::string, std::string> environment_of(const WrittenList& env) {
  std::map<std::string, std::string> out;
  for (const ListItem& item : *env) {
    const std::size_t equals = item.text.find('=');
    out.emplace(item.text.substr(0, equals), item.text.substr(equals + 1));
  }
  return out;
}

RecipeStep complete_step(const RecipeSection& section) {
  RecipeStep step;
  for (const ListItem& item : *section.run) step.run.push_back(read_recipe_word(item.text).word);
  step.env = environment_of(section.env);
  step.standard_input = *section.standard_input;
  step.timeout = {*section.timeout_seconds};
  return step;
}

/// nullopt: none of the steps is for this image.
std::optional<Recipe> complete_recipe(const LabFile& file, const ImageSection& image,
                                      const Images& images, const InputDigests& inputs) {
  Recipe recipe;
  recipe.revision = *image.revision;
  std::set<std::string> paths;
  std::set<ImageId> others;
  for (const RecipeSection& section : file.recipe) {
    if (*section.image != image.key) continue;
    recipe.steps.push_back(complete_step(section));
    for (const ListItem& item : *section.inputs) paths.insert(normal_path(item.text));
    for (const RecipeWord& word : recipe.steps.back().run)
      for (const RecipePiece& piece : word)
        if (piece.place == RecipePlace::Image) others.insert(find(images, piece.text));
  }
  if (recipe.steps.empty()) return std::nullopt;
  for (const std::string& path : paths) recipe.inputs.push_back({path, inputs.known(path)});
  recipe.images.assign(others.begin(), others.end());
  return recipe;
}

/// The document whose digest is the key of a recipe. Requires: the images that it needs have their
/// addresses.
std::string recipe_document(const Recipe& recipe, const Images& images) {
  std::string bytes;
  JsonWriter writer(bytes);
  writer.begin_object().key("format").string(kRecipeFormat);
  writer.key("images").begin_array();
  for (ImageId id : recipe.images) writer.strings({images[id].name, images[id].address.text()});
  writer.end_array().key("inputs").begin_array();
  for (const InputFile& input : recipe.inputs) writer.strings({input.path, input.sha256.text()});
  writer.end_array().key("revision").string(recipe.revision);
  writer.key("steps").begin_array();
  for (const RecipeStep& step : recipe.steps) {
    writer.begin_object().key("env").begin_object();
    for (const auto& [name, value] : step.env) writer.key(name).string(value);
    writer.end_object().key("run").begin_array();
    for (const RecipeWord& word : step.run) writer.string(to_text(word));
    writer.end_array().key("stdin").string(step.standard_input).end_object();
  }
  writer.end_array().end_object();
  return bytes;
}

/// Gives a recipe its key, after those that it rests on: no recipe rests on itself.
void address(ImageId id, Images& images, std::vector<bool>& done) {
  if (done[id.index]) return;
  done[id.index] = true;
  for (ImageId other : images[id].recipe->images)
    if (images[other].recipe) address(other, images, done);
  images[id].address = sha256(recipe_document(*images[id].recipe, images));
}

}  // namespace

DenseMap<ImageId, Image> complete_images(const LabFile& file, std::string_view state_dir,
                                         const InputDigests& inputs,
                                         const RecordedResults& recorded) {
  std::vector<const ImageSection*> sections;
  for (const ImageSection& image : file.images) sections.push_back(&image);
  std::sort(sections.begin(), sections.end(),
            [](const ImageSection* a, const ImageSection* b) { return a->key < b->key; });
  Images images;
  for (const ImageSection* section : sections) {
    Image image;
    image.name = section->key;
    image.format = *section->format == "raw" ? DiskFormat::Raw : DiskFormat::Qcow2;
    image.pinned = section->sha256.has();
    if (section->path.has()) image.path = normal_path(*section->path);
    if (section->url.has()) image.url = to_text(*read_url(*section->url).url);
    if (image.pinned) image.sha256 = *Digest::parse_hex(*section->sha256);
    if (!image.pinned && !image.path.empty()) image.sha256 = inputs.known(image.path);
    if (image.sha256) image.address = *image.sha256;
    images.push(std::move(image));
  }
  std::vector<bool> done(images.size(), true);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    images[images.id_at(i)].recipe = complete_recipe(file, *sections[i], images, inputs);
    done[i] = !images[images.id_at(i)].recipe;
  }
  for (std::size_t i = 0; i < images.size(); ++i) address(images.id_at(i), images, done);
  for (Image& image : images) {
    image.stored = fmt::format("{}/store/{}/{}", state_dir, image.address.hex(), image.name);
    if (!image.recipe || image.sha256) continue;
    if (auto result = recorded.find(result_name(image)); result != recorded.end())
      image.sha256 = result->second;
  }
  return images;
}

std::string result_name(const Image& image) {
  return fmt::format("image/{}/{}", image.name, image.address.hex());
}

}  // namespace vmplan::model
