// SPDX-License-Identifier: Apache-2.0
// vmplan destroy: take applied nodes away, by the rollback that the state stores. No profile is
// needed.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/confirm.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "compiler/change/departed.h"
#include "compiler/change/render_text.h"
#include "runtime/exec/recovery.h"

namespace vmplan::cli {
namespace {

bool confirm_destruction(Context& context, const change::ChangeSet& set, const std::string& lab) {
  std::string question = set.risk == plan::Risk::Critical
                             ? "Disks will be deleted, and their data with them."
                             : "These machines will be stopped.";
  Answer answer = confirm_by_typing(context, question, lab);
  if (answer == Answer::No) context.terminal.err("nothing was changed\n");
  return answer == Answer::Yes;
}

}  // namespace

int cmd_destroy(Context& context) {
  std::optional<Words> words = sort_words(context);
  std::optional<unsigned> threads = jobs(context);
  if (!words || !threads) return kError;
  std::optional<build::OpenLab> lab = open_lab(context, words->path);
  if (!lab) return kError;
  LabHostBundle bundle(lab->root, build::state_dir_of(lab->where));
  if (!bundle.files().stat(bundle.state_location().database())) {
    context.terminal.out("Nothing to do: nothing is applied here.\n");
    return kDone;
  }
  std::optional<LabWriter> writer =
      open_writer(context, lab->root, bundle, "destroy", exec::StartPoint::Process);
  if (!writer) return kError;
  Status settled = exec::settle_half_started(*writer->state);
  Result<change::Applied> applied =
      settled ? writer->state->applied() : tl::unexpected(settled.error());
  if (!applied) {
    context.terminal.error(applied.error().text());
    return kError;
  }
  Known known = known_in(*applied);
  std::optional<Ids> selected =
      words->targets.empty() ? known.ids : select_targets(context, words->targets, known);
  if (!selected) return kError;
  bool remove_disks = context.args.has("disks");
  change::ChangeSet set = change::destroy_set(*applied, *selected, remove_disks);
  set.lab = lab->name;
  std::vector<change::Refusal> refusals = change::protected_nodes(set);
  if (context.format == Format::Text && !context.quiet) {
    change::TextOptions options;
    options.colour = context.terminal.out_colour();
    context.terminal.out(change::render_text(set, options));
  }
  if (!refusals.empty()) {
    context.terminal.err(change::render_text(refusals, context.terminal.err_colour()));
    context.terminal.error("nothing was changed");
    return kError;
  }
  if (set.has_work() && !confirm_destruction(context, set, set.lab)) return kError;
  exec::ExecOptions options;
  options.jobs = *threads;
  options.keep_going = true;  // one machine that does not stop must not keep the others running
  options.remove_disks = remove_disks;
  options.paths_allow = lab->paths_allow;
  return run_change_set(context, set, std::move(options), *writer, bundle);
}

}  // namespace vmplan::cli
