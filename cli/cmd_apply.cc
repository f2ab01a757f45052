// SPDX-License-Identifier: Apache-2.0
// vmplan apply: build, compare with what is there, show, ask, run exactly that.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/confirm.h"
#include "cli/half_updated.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "compiler/change/json.h"
#include "compiler/change/render_text.h"
#include "runtime/build/build_output.h"
#include "runtime/exec/observe.h"

namespace vmplan::cli {
namespace {

/// What apply is about to do, and what it has to know for that.
struct Intention {
  change::Difference difference;
  std::vector<exec::Unsupervised> to_adopt;
};

std::optional<Intention> intend(Context& context, const build::LabBuild& build,
                                const state::StateReader& state, const exec::LabHost& host,
                                const std::vector<std::string>& targets) {
  Result<change::Applied> applied = state.applied();
  Result<std::vector<state::UnfinishedNode>> unfinished = state.unfinished();
  if (!applied || !unfinished) {
    context.terminal.error((applied ? unfinished.error() : applied.error()).text());
    return std::nullopt;
  }
  const plan::Plan& plan = build.compiled->plan;
  std::optional<Ids> selected = select_targets(context, targets, ids_of(plan));
  if (!selected) return std::nullopt;
  exec::Observed observed = exec::observe(*applied, host);
  change::DiffOptions options;
  options.start = *selected;
  Intention intention{change::diff(*applied, plan, observed.observations, options),
                      std::move(observed.to_adopt)};
  if (!targets.empty()) change::restrict_to(intention.difference.set, plan, *selected);
  note_half_updated(intention.difference.set, *unfinished);
  return intention;
}

void show(Context& context, const change::ChangeSet& set) {
  if (context.quiet) return;
  change::TextOptions options;
  options.colour = context.terminal.out_colour();
  options.argv = context.args.has("argv");
  context.terminal.out(change::render_text(set, options));
  context.terminal.flush();
}

bool is_refused(Context& context, const change::Difference& difference) {
  if (difference.refusals.empty()) return false;
  context.terminal.err(change::render_text(difference.refusals, context.terminal.err_colour()));
  context.terminal.error("nothing was changed");
  return true;
}

int dry_run(Context& context, const build::LabBuild& build, LabHostBundle& bundle,
            const std::vector<std::string>& targets) {
  Result<std::unique_ptr<state::StateReader>> state =
      state::open_state_for_reading(bundle.files(), bundle.state_location());
  if (!state) {
    context.terminal.error(state.error().text());
    return kError;
  }
  std::optional<Intention> intention = intend(context, build, **state, bundle.host(), targets);
  if (!intention) return kError;
  if (context.format == Format::Json) {
    context.terminal.json(change::to_json(intention->difference.set));
  } else {
    show(context, intention->difference.set);
  }
  return is_refused(context, intention->difference) ? kError : kDone;
}

/// --locked: the committed lock must already say what this plan says.
bool lock_allows(Context& context, const build::LabBuild& build) {
  if (!context.args.has("locked")) return true;
  Result<build::BuildReport> report = build::compare_with_lock(build, false);
  if (report && report->lock_differences.empty() && report->lock_problem.empty()) return true;
  context.terminal.error(
      report
          ? "the lock file is not up to date, and --locked forbids writing it; run `vmplan build`"
          : report.error().text());
  return false;
}

int apply(Context& context, build::LabBuild& build, LabHostBundle& bundle, const Words& words,
          unsigned threads) {
  std::optional<LabWriter> writer =
      open_writer(context, *build.root, bundle, "apply", exec::StartPoint::Ready);
  if (!writer) return kError;
  std::optional<Intention> intention =
      intend(context, build, *writer->state, bundle.host(), words.targets);
  if (!intention) return kError;
  const change::ChangeSet& set = intention->difference.set;
  if (context.format == Format::Text) show(context, set);
  if (is_refused(context, intention->difference)) return kError;
  if (Status written = build::write_outputs(build); !written) {
    context.terminal.error(written.error().text());
    return kError;
  }
  if (set.has_work()) {
    Answer answer = confirm(context, "Do exactly this?");
    if (answer == Answer::NobodyToAsk) return kError;
    if (answer == Answer::No) {
      context.terminal.err("nothing was changed\n");
      return kError;
    }
  }
  exec::ExecOptions options;
  options.jobs = threads;
  options.keep_going = context.args.has("keep-going");
  options.qemu_version = build.compiled->lab.platform.qemu_version;
  options.paths_allow = build.compiled->plan.paths_allow;
  options.blobs = build.compiled->plan.blobs;
  options.adopt = std::move(intention->to_adopt);
  return run_change_set(context, set, std::move(options), *writer, bundle);
}

}  // namespace

int cmd_apply(Context& context) {
  std::optional<Words> words = sort_words(context);
  std::optional<unsigned> threads = jobs(context);
  if (!words || !threads) return kError;
  std::unique_ptr<build::LabBuild> build = compile_sound_lab(context, words->path);
  if (build == nullptr || !lock_allows(context, *build)) return kError;
  LabHostBundle bundle(*build->root, build->compiled->lab.state_dir);
  if (context.args.has("dry-run")) return dry_run(context, *build, bundle, words->targets);
  return apply(context, *build, bundle, *words, *threads);
}

}  // namespace vmplan::cli
