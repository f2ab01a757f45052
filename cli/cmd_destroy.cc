// SPDX-License-Identifier: Apache-2.0
// vmplan destroy: take applied nodes away, by the rollback that the state stores. No profile is
// needed, and no platform.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/confirm.h"
#include "cli/half_updated.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "compiler/change/departed.h"
#include "compiler/change/render_text.h"
#include "runtime/exec/leftovers.h"

namespace vmplan::cli {
namespace {

/// What destroy is about to do.
struct Intention {
  change::ChangeSet set;
  exec::Leftovers leftovers;
  /// A line for each row that is half-updated.
  std::vector<std::string> half_updated;
};

std::optional<Intention> intend(Context& context, const state::StateReader& state,
                                const std::vector<std::string>& targets) {
  Result<change::Applied> applied = state.applied();
  Result<std::vector<state::UnfinishedNode>> unfinished = state.unfinished();
  if (!applied || !unfinished) {
    context.terminal.error((applied ? unfinished.error() : applied.error()).text());
    return std::nullopt;
  }
  exec::count_half_started(*applied, *unfinished, {});
  Known known = known_in(*applied);
  for (const state::UnfinishedNode& node : *unfinished) known.ids.insert(node.node.id);
  std::optional<Ids> selected =
      targets.empty() ? known.ids : select_targets(context, targets, known);
  if (!selected) return std::nullopt;
  Ids present;
  for (const std::string& id : *selected)
    if (applied->contains(id)) present.insert(id);
  Intention out;
  out.set = change::destroy_set(*applied, present, context.args.has("disks"));
  out.leftovers = exec::leftovers_of(*unfinished, out.set, *selected);
  out.half_updated = note_half_updated(out.set, *unfinished);
  return out;
}

bool is_refused(Context& context, const change::ChangeSet& set) {
  std::vector<change::Refusal> refusals = change::protected_nodes(set);
  if (refusals.empty()) return false;
  context.terminal.err(change::render_text(refusals, context.terminal.err_colour()));
  context.terminal.error("nothing was changed");
  return true;
}

bool is_confirmed(Context& context, const change::ChangeSet& set) {
  if (!set.has_work()) return true;
  Question question{"", set.risk == plan::Risk::Critical
                            ? "Disks will be deleted, and their data with them."
                            : "These machines will be stopped."};
  if (context.quiet || context.format == Format::Json)
    question.about = change::render_text(set, {context.terminal.err_colour(), false});
  const Answer answer = confirm_by_typing(context, question, set.lab);
  if (answer == Answer::No) context.terminal.err("nothing was changed\n");
  return answer == Answer::Yes;
}

int destroy(Context& context, const build::OpenLab& lab, LabHostBundle& bundle, LabWriter& writer,
            const Words& words, unsigned threads) {
  std::optional<Intention> intention = intend(context, *writer.state, words.targets);
  if (!intention) return kError;
  change::ChangeSet& set = intention->set;
  set.lab = lab.name;
  if (context.format == Format::Text && !context.quiet)
    context.terminal.out(change::render_text(set, {context.terminal.out_colour(), false}));
  if (context.format == Format::Json && !context.quiet)
    for (const std::string& line : intention->half_updated) context.terminal.err(line);
  if (is_refused(context, set) || !is_confirmed(context, set)) return kError;
  if (!settle_leftovers(context, intention->leftovers, writer, bundle)) return kError;
  exec::ExecOptions options;
  options.jobs = threads;
  options.keep_going = true;  // one machine that does not stop must not keep the others running
  options.remove_disks = context.args.has("disks");
  options.paths_allow = lab.paths_allow;
  return run_change_set(context, set, std::move(options), writer, bundle);
}

}  // namespace

int cmd_destroy(Context& context) {
  std::optional<Words> words = sort_words(context);
  std::optional<unsigned> threads = jobs(context);
  if (!words || !threads) return kError;
  std::optional<build::OpenLab> lab = open_lab(context, words->path);
  if (!lab) return kError;
  LabHostBundle bundle(lab->root, build::state_dir_of(lab->where));
  std::optional<LabState> state =
      open_existing(context, lab->root, bundle, "destroy", exec::StartPoint::Process);
  if (!state) return kError;
  if (state->writer) return destroy(context, *lab, bundle, *state->writer, *words, *threads);
  context.terminal.out("Nothing to do: nothing is applied here.\n");
  return kDone;
}

}  // namespace vmplan::cli
