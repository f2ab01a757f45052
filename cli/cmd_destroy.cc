// SPDX-License-Identifier: Apache-2.0
// vmplan destroy: take applied nodes away, by the rollback that the state stores. No profile is
// needed, and no platform.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/confirm.h"
#include "cli/half_updated.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/progress.h"
#include "cli/targets.h"
#include "compiler/change/departed.h"
#include "compiler/change/render_text.h"
#include "runtime/exec/leftovers.h"

namespace vmplan::cli {
namespace {

/// What destroy is about to do.
struct Destruction {
  change::ChangeSet set;
  exec::Leftovers leftovers;
  /// A line for each row that is half-updated.
  std::vector<std::string> half_updated;
};

/// "web" of disk/web/root, where `kind` is "disk/"; empty for what is none of that kind.
std::string_view machine_of(std::string_view id, std::string_view kind) {
  if (!id.starts_with(kind)) return "";
  id.remove_prefix(kind.size());
  return id.substr(0, id.find('/'));
}

/// What may be named: all that is there, the machines whose disks are, and what was built, so that
/// an unknown name is told from one that is not applied.
Known nameable(Known present, const build::OpenLab& lab, const os::FileSystem& files) {
  Ids ids = ids_of_lock(files, build::lock_path_of(lab.where));
  for (const std::string& id : present.ids)
    if (std::string_view machine = machine_of(id, "disk/"); !machine.empty())
      ids.insert(fmt::format("vm/{}", machine));
  present.ids.merge(ids);
  return present;
}

/// The nodes of `present` that the targets mean; all without any. A machine's taps belong to it,
/// and with `disks` its own disks. nullopt after an error message.
std::optional<Ids> select(Context& context, const Ids& present, const Known& known,
                          const std::vector<std::string>& targets, bool disks) {
  if (targets.empty()) return present;
  std::optional<Ids> named = select_targets(context, targets, known);
  if (!named) return std::nullopt;
  Ids selected;
  for (const std::string& id : present) {
    std::string_view machine = machine_of(id, "tap/");
    if (machine.empty() && disks) machine = machine_of(id, "disk/");
    const bool goes_along = !machine.empty() && named->contains(fmt::format("vm/{}", machine));
    if (named->contains(id) || goes_along) selected.insert(id);
  }
  return selected;
}

std::optional<Destruction> destruction_of(Context& context, const build::OpenLab& lab,
                                          const os::FileSystem& files,
                                          const state::StateReader& state,
                                          const std::vector<std::string>& targets) {
  Result<change::Applied> applied = state.applied();
  Result<std::vector<state::UnfinishedNode>> unfinished = state.unfinished();
  if (!applied || !unfinished) {
    context.terminal.error((applied ? unfinished.error() : applied.error()).text());
    return std::nullopt;
  }
  exec::count_half_started(*applied, *unfinished, {});
  Known present = known_in(*applied);
  for (const state::UnfinishedNode& node : *unfinished) present.ids.insert(node.node.id);
  const bool disks = context.args.has("disks");
  std::optional<Ids> selected =
      select(context, present.ids, nameable(present, lab, files), targets, disks);
  if (!selected) return std::nullopt;
  Ids to_destroy;
  for (const std::string& id : *selected)
    if (applied->contains(id)) to_destroy.insert(id);
  Destruction out;
  out.set = change::destroy_set(*applied, to_destroy, disks);
  out.set.lab = lab.name;
  out.leftovers = exec::leftovers_of(*unfinished, out.set, *selected);
  out.half_updated = note_half_updated(out.set, *unfinished);
  return out;
}

bool is_destruction_refused(Context& context, const change::ChangeSet& set) {
  std::vector<change::Refusal> refusals = change::protected_nodes(set);
  if (refusals.empty()) return false;
  context.terminal.err(change::render_text(refusals, context.terminal.err_colour()));
  context.terminal.error("nothing was changed");
  return true;
}

bool is_destruction_confirmed(Context& context, const change::ChangeSet& set) {
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

int nothing_is_applied(Context& context, const LabHostBundle& bundle) {
  if (context.format == Format::Json) {
    JsonProgress(context.terminal).on_event({bundle.host().clock.utc_now(), exec::RunFinished{}});
  } else {
    context.terminal.out("Nothing to do: nothing is applied here.\n");
  }
  return kDone;
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
  std::optional<Destruction> intention =
      destruction_of(context, *lab, bundle.files(), state->reader(), words->targets);
  if (!intention) return kError;
  if (!state->writer) return nothing_is_applied(context, bundle);

  const change::ChangeSet& set = intention->set;
  if (context.format == Format::Text && !context.quiet)
    context.terminal.out(change::render_text(set, {context.terminal.out_colour(), false}));
  if (context.format == Format::Json && !context.quiet)
    for (const std::string& line : intention->half_updated) context.terminal.err(line);
  if (is_destruction_refused(context, set) || !is_destruction_confirmed(context, set))
    return kError;

  // From here on things change.
  if (!settle_leftovers(context, intention->leftovers, *state->writer, bundle)) return kError;
  exec::ExecOptions options;
  options.jobs = *threads;
  options.keep_going = true;  // one machine that does not stop must not keep the others running
  options.remove_disks = context.args.has("disks");
  options.paths_allow = lab->paths_allow;
  return run_change_set(context, set, std::move(options), *state->writer, bundle);
}

}  // namespace vmplan::cli
