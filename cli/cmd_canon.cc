// SPDX-License-Identifier: Apache-2.0
// vmplan canon: the bytes that are hashed, of a profile or of a node.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/base/text.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/keys.h"

namespace vmplan::cli {
namespace {

int canon_node(Context& context, const std::string& id, const std::string& path) {
  std::unique_ptr<build::LabBuild> built = compile_sound_lab(context, path);
  if (built == nullptr) return kError;
  const plan::Plan& plan = built->compiled->plan;
  std::optional<plan::NodeId> found = plan.find(id);
  if (!found) {
    context.terminal.error(fmt::format("the plan has no node `{}`", printable(id)));
    return kError;
  }
  const plan::CommandPlan& node = plan.nodes[*found];
  context.terminal.out(plan::own_document(node) + "\n" + plan::key_document_of(plan, node) + "\n");
  return kDone;
}

int canon_profile(Context& context, const Words& words) {
  if (words.targets.size() + (words.path.empty() ? 0 : 1) != 1) {
    context.terminal.error("name one profile, by its name or file, or a node with --node ID");
    return kError;
  }
  std::optional<build::LabLocation> where;
  std::string source;
  if (words.targets.empty()) {
    where = locate(context, words.path);
    // A file is read by itself: its canonical form depends on nothing else.
    if (where) source = where->single_file.value_or("");
  } else if (auto found = locate_named(context, words.targets.front(), "")) {
    where = std::move(found->where);
    source = std::move(found->source);
  }
  if (!where) return kError;
  std::unique_ptr<build::LabBuild> built = compile_lab(context, *where);
  if (built == nullptr) return kError;
  const std::string name = words.targets.empty() ? "" : words.targets.front();
  const model::ProfileFile* profile = model::profile_of(name, source, built->lab_sources.profiles);
  if (profile == nullptr) {
    context.terminal.error(fmt::format("{} is no profile of one machine",
                                       printable(words.targets.empty() ? words.path : name)));
    return kError;
  }
  if (!profile->sound) return kError;  // its diagnostics have been shown
  context.terminal.out(profile->canonical);
  return kDone;
}

}  // namespace

int cmd_canon(Context& context) {
  std::optional<Words> words = sort_words(context);
  if (!words) return kError;
  if (std::optional<std::string> id = context.args.value("node"))
    return canon_node(context, *id, words->path);
  return canon_profile(context, *words);
}

}  // namespace vmplan::cli
