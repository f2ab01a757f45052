// SPDX-License-Identifier: Apache-2.0
// vmplan canon: the bytes that are hashed, of a profile or of a node.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/base/lexical_path.h"
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

/// By VM name or, when no profile of the lab has that name, by file stem.
const model::ProfileFile* find_profile(const model::LabSources& sources, std::string_view name) {
  for (const model::ProfileFile& profile : sources.profiles)
    if (profile.profile.vm.name.has() && *profile.profile.vm.name == name) return &profile;
  for (const model::ProfileFile& profile : sources.profiles) {
    if (base_name_of(profile.path) == fmt::format("{}.toml", name)) return &profile;
  }
  return nullptr;
}

int canon_profile(Context& context, const Words& words) {
  if (words.targets.size() + (words.path.empty() ? 0 : 1) != 1) {
    context.terminal.error("name one profile, by its name or file, or a node with --node ID");
    return kError;
  }
  std::optional<build::LabLocation> where = locate(context, words.path);
  if (!where) return kError;
  // A file is read by itself: its canonical form depends on nothing else.
  std::unique_ptr<build::LabBuild> built = compile_lab(context, *where);
  if (built == nullptr) return kError;
  const model::ProfileFile* profile = nullptr;
  if (!words.targets.empty()) {
    profile = find_profile(built->lab_sources, words.targets.front());
  } else if (built->lab_sources.profiles.size() == 1) {
    profile = &built->lab_sources.profiles.front();
  }
  if (profile == nullptr) {
    context.terminal.error(
        fmt::format("there is no profile `{}` in this lab",
                    printable(words.targets.empty() ? words.path : words.targets.front())));
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
