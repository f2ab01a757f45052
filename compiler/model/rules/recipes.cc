// SPDX-License-Identifier: Apache-2.0
// Rules on how images come about.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/known_programs.h"
#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/base/url.h"
#include "compiler/model/recipe_words.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

void bad_recipe(std::string summary, std::string detail, Span span, std::string help,
                Diagnostics& diagnostics) {
  diagnostics.add(
      {Code::BadRecipe, std::move(summary), std::move(detail), span, {}, std::move(help)});
}

std::string label(const RecipeSection& step) {
  return step.image.has() ? fmt::format("the recipe of image `{}`", *step.image) : "a recipe";
}

bool is_of(const RecipeSection& step, const ImageSection& image) {
  return step.image.has() && *step.image == image.key;
}

/// Calls `use(step, item, word)` for every word of `run` that can be read.
template <class Use>
void each_word(const LabFile& file, Use use) {
  for (const RecipeSection& step : file.recipe) {
    if (!step.run.has()) continue;
    for (const ListItem& item : *step.run) {
      RecipeWordReading reading = read_recipe_word(item.text);
      if (reading.fault.empty()) use(step, item, reading.word);
    }
  }
}

void unknown_image(const LabFile& file, const std::string& name, Span span,
                   Diagnostics& diagnostics) {
  std::vector<std::string_view> known;
  for (const ImageSection& image : file.images) known.push_back(image.key);
  auto near = nearest(name, known);
  diagnostics.add({Code::UnknownImage,
                   fmt::format("image `{}` is not declared", name),
                   known.empty() ? "the lab declares no images" : "no such image in vmplan.toml",
                   span,
                   {},
                   near ? fmt::format("did you mean `{}`?", *near)
                        : fmt::format("add `[images.{}]` with `format` to vmplan.toml", name)});
}

void check_program(const RecipeSection& step, Diagnostics& diagnostics) {
  if (step.run->empty())
    return bad_recipe(fmt::format("a step of {} runs nothing", label(step)), "an empty list",
                      step.run.span, "write the program and its arguments", diagnostics);
  const ListItem& program = step.run->front();
  if (program.text.starts_with('/') ? normal_path(program.text) == program.text
                                    : is_recipe_program(program.text))
    return;
  const bool has_blank = program.text.find(' ') != std::string::npos;
  bad_recipe(fmt::format("{} cannot run `{}`", label(step), program.text),
             has_blank ? "this is taken for the name of one program"
                       : "no program that vmplan knows by name",
             program.span,
             has_blank ? "write each argument as a text of its own"
                       : "write its absolute path, in its shortest form",
             diagnostics);
}

void check_environment(const RecipeSection& step, Diagnostics& diagnostics) {
  std::set<std::string> seen;
  for (const ListItem& item : *step.env) {
    const std::string name = item.text.substr(0, item.text.find('='));
    const bool sound =
        name.size() < item.text.size() && !name.empty() && !is_ascii_digit(name.front()) &&
        std::all_of(name.begin(), name.end(), [](char c) { return is_ascii_alnum(c) || c == '_'; });
    if (!sound) {
      bad_recipe(fmt::format("`{}` is no variable of an environment", item.text),
                 "expected `NAME=VALUE`", item.span,
                 "write, for example, `SOURCE_DATE_EPOCH=1700000000`", diagnostics);
    } else if (!seen.insert(name).second) {
      bad_recipe(fmt::format("variable `{}` is set twice", name), "the same name again", item.span,
                 "remove one of them", diagnostics);
    }
  }
}

void check_inputs(const RecipeSection& step, const LabFrame& frame, Diagnostics& diagnostics) {
  const PathPolicy policy{frame.allow, frame.reserved, "", frame.knows_allow};
  for (const ListItem& item : *step.inputs) {
    WrittenText path;
    path.value = item.text;
    path.span = item.span;
    check_path(path, PathRole::ImageFile, fmt::format("an input of {}", label(step)), policy,
               diagnostics);
  }
}

void check_image(const LabFile& file, const ImageSection& image, Diagnostics& diagnostics) {
  const auto step = std::find_if(file.recipe.begin(), file.recipe.end(),
                                 [&](const RecipeSection& each) { return is_of(each, image); });
  const bool has_recipe = step != file.recipe.end();
  if (image.path.present && has_recipe)
    return diagnostics.add({Code::BadRecipe,
                            fmt::format("image `{}` has a file and a recipe", image.key),
                            "this is where the image would come from",
                            image.path.span,
                            {{"and this would make it", step->span}},
                            "remove `path`: what a recipe makes lies in the store"});
  if (image.url.present && has_recipe)
    return diagnostics.add({Code::BadRecipe,
                            fmt::format("image `{}` has a URL and a recipe", image.key),
                            "this is where the image would come from",
                            image.url.span,
                            {{"and this would make it", step->span}},
                            "remove one of them"});
  if (!image.path.present && !image.url.present && !has_recipe && file.recipe.sound)
    return bad_recipe(
        fmt::format("image `{}` has neither a file nor a URL nor a recipe", image.key),
        "nothing says where it comes from", image.span,
        "add `path`: the image's file; `url` and `sha256`; or a `[[recipe]]` that makes it",
        diagnostics);
  if (image.revision.present && !has_recipe)
    bad_recipe(fmt::format("image `{}` has a revision and no recipe", image.key),
               "only recipes have revisions", image.revision.span,
               "remove it: a file is known by its digest", diagnostics);
}

/// One image that others need, on the way through them.
class Circles {
 public:
  Circles(const LabFile& file, Diagnostics& diagnostics) : diagnostics_(diagnostics) {
    each_word(file, [&](const RecipeSection& step, const ListItem& item, const RecipeWord& word) {
      for (const RecipePiece& piece : word)
        if (piece.place == RecipePlace::Image && step.image.has())
          needs_[*step.image].emplace(piece.text, item.span);
    });
  }

  void report() {
    for (const auto& [name, others] : needs_) visit(name);
  }

 private:
  void visit(const std::string& name) {
    if (done_.contains(name)) return;
    path_.push_back(name);
    if (auto found = needs_.find(name); found != needs_.end())
      for (const auto& [other, span] : found->second) step_to(other, span);
    path_.pop_back();
    done_.insert(name);
  }

  void step_to(const std::string& other, Span span) {
    auto start = std::find(path_.begin(), path_.end(), other);
    if (start == path_.end()) return visit(other);
    std::vector<std::string> circle(start, path_.end());
    circle.push_back(other);
    bad_recipe(fmt::format("the recipe of image `{}` needs its own result", other),
               fmt::format("`{}`", join(circle, "` needs `")), span,
               "make one of them without the other", diagnostics_);
  }

  std::map<std::string, std::map<std::string, Span>> needs_;
  std::vector<std::string> path_;
  std::set<std::string> done_;
  Diagnostics& diagnostics_;
};

}  // namespace

void image_urls(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  for (const ImageSection& image : lab.sources->lab_file->images) {
    if (!image.url.has()) continue;
    if (UrlReading reading = read_url(*image.url); !reading.url)
      diagnostics.add({Code::BadUrl,
                       fmt::format("image `{}` cannot be fetched from `{}`", image.key, *image.url),
                       std::move(reading.fault),
                       image.url.span,
                       {},
                       "write, for example, `url = \"https://example.org/images/base.qcow2\"`"});
    if (!image.sha256.present)
      diagnostics.add({Code::BadUrl,
                       fmt::format("image `{}` has a URL and no digest", image.key),
                       "whatever the server gave would be booted",
                       image.url.span,
                       {},
                       "add `sha256`, as `sha256sum` prints it of a file that you trust"});
  }
}

void image_sources(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  const LabFile& file = *lab.sources->lab_file;
  for (const ImageSection& image : file.images) check_image(file, image, diagnostics);
}

void recipes(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  const LabFile& file = *lab.sources->lab_file;
  std::set<std::string> images;
  for (const ImageSection& image : file.images) images.insert(image.key);
  std::set<std::string> without_out;
  for (const RecipeSection& step : file.recipe) {
    if (step.image.has() && !images.contains(*step.image) && file.images.sound)
      unknown_image(file, *step.image, step.image.span, diagnostics);
    if (step.image.has()) without_out.insert(*step.image);
    if (step.run.has()) check_program(step, diagnostics);
    if (step.env.has()) check_environment(step, diagnostics);
    if (step.inputs.has()) check_inputs(step, *lab.frame, diagnostics);
    if (!step.run.has()) continue;
    for (const ListItem& item : *step.run)
      if (RecipeWordReading reading = read_recipe_word(item.text); !reading.fault.empty())
        bad_recipe(fmt::format("{} has a word that cannot be read", label(step)), reading.fault,
                   item.span, "`{{` is a brace, `{out}` the file that the recipe makes",
                   diagnostics);
  }
  each_word(file, [&](const RecipeSection& step, const ListItem& item, const RecipeWord& word) {
    for (const RecipePiece& piece : word) {
      if (piece.place == RecipePlace::Out && step.image.has()) without_out.erase(*step.image);
      if (piece.place == RecipePlace::Image && !images.contains(piece.text) && file.images.sound)
        unknown_image(file, piece.text, item.span, diagnostics);
    }
  });
  for (const RecipeSection& step : file.recipe)
    if (step.image.has() && step.run.has() && without_out.erase(*step.image) > 0)
      bad_recipe(fmt::format("{} does not make the image", label(step)),
                 "no step of it has `{out}` among its words", step.span,
                 "write `{out}` where the program takes the name of the file that it makes",
                 diagnostics);
  Circles(file, diagnostics).report();
}

}  // namespace vmplan::model::rules
