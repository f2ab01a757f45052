// SPDX-License-Identifier: Apache-2.0
// vmplan explain: why a node would change, from the documents that are hashed; or what a diagnostic
// code means.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/half_updated.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "compiler/change/explain.h"
#include "compiler/plan/keys.h"

namespace vmplan::cli {
namespace {

int explain_code(Context& context, Code code) {
  const CodeInfo& about = info(code);
  if (context.format == Format::Json) {
    context.terminal.json(
        json_object({{"code", about.id},
                     {"explanation", about.explanation},
                     {"severity", about.severity == Severity::Error ? "error" : "warning"},
                     {"title", about.title}}));
  } else {
    context.terminal.out(fmt::format("{}: {}\n\n{}\n", about.id, about.title, about.explanation));
  }
  return kDone;
}

struct Explained {
  std::string text;
  Json json;
};

Explained explain_against(const std::optional<state::AppliedRecord>& record, const plan::Plan& plan,
                          const plan::CommandPlan& node) {
  if (!record)
    return {fmt::format("{}\n  not applied: the next apply makes it\n", node.id),
            json_object({{"applied", false}, {"id", node.id}})};
  const change::Explanation explanation = change::explain(
      record->applied.node, record->key_document, node, plan::key_document_of(plan, node));
  return {change::render_text(explanation), change::to_json(explanation)};
}

int explain_node(Context& context, const plan::Plan& plan, const plan::CommandPlan& node,
                 const state::StateReader& state) {
  Result<std::optional<state::AppliedRecord>> record = state.find(node.id);
  Result<std::vector<state::UnfinishedNode>> unfinished = state.unfinished();
  if (!record || !unfinished) {
    context.terminal.error((record ? unfinished.error() : record.error()).text());
    return kError;
  }
  Explained explained = explain_against(*record, plan, node);
  if (const state::UnfinishedNode* half = find_unfinished(*unfinished, node.id)) {
    explained.text += fmt::format("  {}\n", half_updated_text(*half));
    explained.json["half_updated"] = true;
  }
  if (context.format == Format::Json) {
    context.terminal.json(explained.json);
  } else {
    context.terminal.out(explained.text);
  }
  return kDone;
}

}  // namespace

int cmd_explain(Context& context) {
  std::optional<Words> words = sort_words(context);
  if (!words) return kError;
  if (words->targets.size() != 1) {
    context.terminal.error(
        "name one node or one diagnostic code: vmplan explain vm/web, vmplan explain VP0302");
    return kError;
  }
  if (std::optional<Code> code = find_code(words->targets.front()))
    return explain_code(context, *code);
  std::unique_ptr<build::LabBuild> build = compile_sound_lab(context, words->path);
  if (build == nullptr) return kError;
  LabHostBundle bundle(*build->root, build->compiled->lab.state_dir);
  Result<std::unique_ptr<state::StateReader>> state =
      state::open_state_for_reading(bundle.files(), bundle.state_location());
  if (!state) {
    context.terminal.error(state.error().text());
    return kError;
  }
  const plan::Plan& plan = build->compiled->plan;
  std::optional<Ids> ids = select_targets(context, words->targets, known_in(plan));
  if (!ids) return kError;
  for (const std::string& id : *ids)
    if (int code = explain_node(context, plan, plan.nodes[*plan.find(id)], **state); code != kDone)
      return code;
  return kDone;
}

}  // namespace vmplan::cli
