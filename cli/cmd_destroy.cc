// SPDX-License-Identifier: Apache-2.0
// vmplan destroy: take applied nodes away, by the rollback that the state stores. No profile is
// needed.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/confirm.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "compiler/change/render_text.h"
#include "runtime/exec/recovery.h"

namespace vmplan::cli {
namespace {

/// The lab's name, for the confirmation: what vmplan.toml says, or the profile's stem.
std::string lab_name(const build::LabBuild& build) {
  if (build.compiled) return build.compiled->lab.name;
  if (build.lab_sources.lab_file && build.lab_sources.lab_file->lab.name.has())
    return *build.lab_sources.lab_file->lab.name;
  return "lab";
}

/// Reads the lab only for its allowed places and name: what is wrong in its profiles must not keep
/// anybody from destroying it.
std::unique_ptr<build::LabBuild> open_lab(Context& context, const std::string& path) {
  std::optional<build::LabLocation> where = locate(context, path);
  if (!where) return nullptr;
  Result<std::unique_ptr<build::LabBuild>> build =
      build::build_lab(*where, {.platform = "", .jobs = 1, .may_probe = false});
  if (build) return std::move(*build);
  context.terminal.error(build.error().text());
  return nullptr;
}

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
  std::unique_ptr<build::LabBuild> build = open_lab(context, words->path);
  if (build == nullptr) return kError;
  LabHostBundle bundle(*build->root, build::state_dir_of(build->where));
  if (!bundle.files().stat(bundle.state_location().database())) {
    context.terminal.out("Nothing to do: nothing is applied here.\n");
    return kDone;
  }
  std::optional<LabWriter> writer =
      open_writer(context, *build->root, bundle, "destroy", exec::StartPoint::Process);
  if (!writer) return kError;
  Status settled = exec::settle_half_started(*writer->state);
  Result<change::Applied> applied =
      settled ? writer->state->applied() : tl::unexpected(settled.error());
  if (!applied) {
    context.terminal.error(applied.error().text());
    return kError;
  }
  Ids known = ids_of(*applied);
  std::optional<Ids> selected =
      words->targets.empty() ? known : select_targets(context, words->targets, known);
  if (!selected) return kError;
  bool remove_disks = context.args.has("disks");
  change::ChangeSet set = change::destroy_set(*applied, *selected, remove_disks);
  set.lab = lab_name(*build);
  if (context.format == Format::Text && !context.quiet) {
    change::TextOptions options;
    options.colour = context.terminal.out_colour();
    context.terminal.out(change::render_text(set, options));
  }
  if (set.has_work() && !confirm_destruction(context, set, set.lab)) return kError;
  exec::ExecOptions options;
  options.jobs = *threads;
  options.keep_going = true;  // one machine that does not stop must not keep the others running
  options.remove_disks = remove_disks;
  if (build->lab_sources.lab_file && build->lab_sources.lab_file->paths.allow.has())
    for (const model::ListItem& place : *build->lab_sources.lab_file->paths.allow)
      options.paths_allow.push_back(place.text);
  return run_change_set(context, set, std::move(options), *writer, bundle);
}

}  // namespace vmplan::cli
