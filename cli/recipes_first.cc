// SPDX-License-Identifier: Apache-2.0
#include "cli/recipes_first.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/lab_session.h"
#include "compiler/model/complete_images.h"

namespace vmplan::cli {

std::set<std::string, std::less<>> waiting_recipes(const plan::Plan& plan,
                                                   const change::ChangeSet& set) {
  std::set<std::string, std::less<>> waiting;
  for (const change::Row& row : set.rows) {
    std::optional<plan::NodeId> id = plan.find(row.id);
    if (id && plan.nodes[*id].kind == "image" && !plan.nodes[*id].output_digest)
      waiting.insert(row.id);
  }
  return waiting;
}

std::unique_ptr<build::LabBuild> compile_with_results(
    Context& context, build::LabBuild& build, const std::set<std::string, std::less<>>& images) {
  std::optional<build::BuildOptions> options = build_options(context);
  if (!options) return nullptr;
  for (const model::Image& image : build.compiled->lab.images) {
    if (!images.contains("image/" + image.name)) continue;
    Result<Digest> made = build.digests->digest(image.stored, os::Cancel());
    if (!made) {
      context.terminal.error(std::move(made).error().with("looking at what a recipe made").text());
      return nullptr;
    }
    options->results.emplace(model::result_name(image), *made);
  }
  Result<std::unique_ptr<build::LabBuild>> again = build::build_lab(build.where, *options);
  if (!again) {
    context.terminal.error(again.error().text());
    return nullptr;
  }
  if ((*again)->compiled) return std::move(*again);
  show_diagnostics(context, (*again)->diagnostics, (*again)->sources);
  return nullptr;
}

bool is_covered(const change::ChangeSet& now, const change::ChangeSet& shown) {
  return std::ranges::all_of(now.rows, [&](const change::Row& row) {
    if (!change::has_effect(row) || row.action == change::Action::Record) return true;
    return std::ranges::any_of(shown.rows, [&](const change::Row& before) {
      return before.id == row.id && before.action == row.action;
    });
  });
}

}  // namespace vmplan::cli
