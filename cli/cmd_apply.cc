// SPDX-License-Identifier: Apache-2.0
// vmplan apply: build, compare with what is there, show, ask, run exactly that.
#include <fmt/format.h>

#include "cli/auto_attach.h"
#include "cli/cmd.h"
#include "cli/confirm.h"
#include "cli/half_updated.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/recipes_first.h"
#include "cli/targets.h"
#include "compiler/change/json.h"
#include "compiler/change/render_text.h"
#include "runtime/build/build_output.h"
#include "runtime/exec/leftovers.h"
#include "runtime/exec/observe.h"

namespace vmplan::cli {
namespace {

/// The lab as it was compiled, and once more when recipes have run since. Both stay: what is open
/// stays with the first.
struct Builds {
  std::unique_ptr<build::LabBuild> first;
  std::unique_ptr<build::LabBuild> again;

  build::LabBuild& now() const { return again ? *again : *first; }
};

/// What apply is about to do, and what it has to know for that.
struct Intention {
  change::Difference difference;
  std::vector<exec::Unsupervised> to_adopt;
  exec::Leftovers leftovers;
  /// A line for each row that is half-updated.
  std::vector<std::string> half_updated;
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
  const Known planned = known_in(plan);
  std::optional<Ids> selected = select_targets(context, targets, planned);
  if (!selected) return std::nullopt;
  exec::count_half_started(*applied, *unfinished, planned.ids);
  exec::Observed observed = exec::observe(*applied, host, say_to(context));
  change::DiffOptions options;
  options.named = *selected;
  Intention out;
  out.difference = change::diff(*applied, plan, observed.observations, options);
  out.to_adopt = std::move(observed.to_adopt);
  if (!targets.empty()) change::restrict_to(out.difference, plan, *selected);
  change::ChangeSet& set = out.difference.set;
  // What is outside the targets waits for an apply of the whole lab.
  Ids scope;
  if (targets.empty())
    for (const state::UnfinishedNode& node : *unfinished) scope.insert(node.node.id);
  out.leftovers = exec::leftovers_of(*unfinished, set, scope);
  out.half_updated = note_half_updated(set, *unfinished);
  return out;
}

std::string text_of(Context& context, const change::ChangeSet& set, Colour colour) {
  change::TextOptions options;
  options.colour = colour;
  options.argv = context.args.has("argv");
  return change::render_text(set, options);
}

void show(Context& context, const change::ChangeSet& set) {
  if (context.quiet) return;
  context.terminal.out(text_of(context, set, context.terminal.out_colour()));
  context.terminal.flush();
}

/// Asks only when there is something to do. The answer must be to what is shown, so it is shown
/// here where it was not before.
bool is_confirmed(Context& context, const change::ChangeSet& set) {
  if (!set.has_work()) return true;
  Question question{"", "Do exactly this?"};
  if (context.quiet || context.format == Format::Json)
    question.about = text_of(context, set, context.terminal.err_colour());
  const Answer answer = confirm(context, question);
  if (answer == Answer::No) context.terminal.err("nothing was changed\n");
  return answer == Answer::Yes;
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
    context.terminal.json(change::to_json(intention->difference));
  } else {
    show(context, intention->difference.set);
  }
  if (!context.quiet)
    for (const state::UnfinishedNode& node : intention->leftovers.abandoned)
      context.terminal.err(abandoned_text(node));
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

/// The change set as it runs, with all that its run needs.
int run(Context& context, const build::LabBuild& build, Intention& intention, LabWriter& writer,
        LabHostBundle& bundle, unsigned threads) {
  exec::ExecOptions options;
  options.jobs = threads;
  options.keep_going = context.args.has("keep-going");
  options.qemu_version = build.compiled->lab.platform.qemu_version;
  options.paths_allow = build.compiled->plan.paths_allow;
  options.blobs = build.compiled->plan.blobs;
  options.adopt = std::move(intention.to_adopt);
  return run_change_set(context, intention.difference.set, std::move(options), writer, bundle);
}

bool write_outputs(Context& context, build::LabBuild& build) {
  Status written = build::write_outputs(build);
  if (!written) context.terminal.error(written.error().text());
  return written.has_value();
}

/// Runs the recipes of a change set that the user agreed to, and turns `builds` and `intention`
/// into what is left to do. Returns an exit code.
int make_images(Context& context, Builds& builds, Intention& intention, LabWriter& writer,
                LabHostBundle& bundle, const Words& words, unsigned threads) {
  build::LabBuild& build = *builds.first;
  const plan::Plan& plan = build.compiled->plan;
  const Ids images = waiting_recipes(plan, intention.difference.set);
  if (images.empty()) return kDone;
  Intention first;
  first.difference = intention.difference;
  change::restrict_to(first.difference, plan, images);
  if (first.difference.set.has_work())
    if (int code = run(context, build, first, writer, bundle, threads); code != kDone) return code;
  builds.again = compile_with_results(context, build, images);
  if (builds.again == nullptr) return kError;
  std::optional<Intention> rest =
      intend(context, *builds.again, *writer.state, bundle.host(), words.targets);
  if (!rest || is_refused(context, rest->difference)) return kError;
  if (!is_covered(rest->difference.set, intention.difference.set)) {
    context.terminal.error(
        "the lab was changed while its images were made; run `vmplan apply` again");
    return kError;
  }
  intention = std::move(*rest);
  return write_outputs(context, *builds.again) ? kDone : kError;
}

/// --locked: nothing may have to be recorded.
bool results_are_locked(Context& context, const build::LabBuild& build,
                        const change::ChangeSet& set) {
  const Ids waiting = waiting_recipes(build.compiled->plan, set);
  if (waiting.empty() || !context.args.has("locked")) return true;
  context.terminal.error(
      fmt::format("what the recipe of {} makes is not in the lock file yet, and --locked forbids "
                  "writing it; run `vmplan apply` without it",
                  *waiting.begin()));
  return false;
}

/// Sets `console` when one is to be shown afterwards, without the writer's lock.
int apply(Context& context, Builds& builds, LabHostBundle& bundle, const Words& words,
          unsigned threads, std::optional<AttachLater>& console) {
  const os::LabRoot& root = *builds.first->root;
  std::optional<LabState> state =
      open_existing(context, root, bundle, "apply", exec::StartPoint::Ready);
  if (!state) return kError;
  std::optional<Intention> intention =
      intend(context, builds.now(), state->reader(), bundle.host(), words.targets);
  if (!intention) return kError;
  const change::ChangeSet& set = intention->difference.set;
  if (context.format == Format::Text) show(context, set);
  if (context.format == Format::Json && !context.quiet)
    for (const std::string& line : intention->half_updated) context.terminal.err(line);
  if (is_refused(context, intention->difference) ||
      !results_are_locked(context, builds.now(), set) || !is_confirmed(context, set))
    return kError;

  // From here on things change.
  if (!state->writer)
    state->writer = open_writer(context, root, bundle, "apply", exec::StartPoint::Ready);
  if (!state->writer || !write_outputs(context, builds.now())) return kError;
  if (!settle_leftovers(context, intention->leftovers, *state->writer, bundle)) return kError;
  if (int code = make_images(context, builds, *intention, *state->writer, bundle, words, threads);
      code != kDone)
    return code;
  console = console_to_show(context, set, bundle.files());
  return run(context, builds.now(), *intention, *state->writer, bundle, threads);
}

}  // namespace

int cmd_apply(Context& context) {
  std::optional<Words> words = sort_words(context);
  std::optional<unsigned> threads = jobs(context);
  if (!words || !threads) return kError;
  Builds builds{compile_sound_lab(context, words->path), nullptr};
  if (builds.first == nullptr || !lock_allows(context, *builds.first)) return kError;
  const os::LabRoot& root = *builds.first->root;
  LabHostBundle bundle(root, builds.first->compiled->lab.state_dir);
  if (context.args.has("dry-run")) return dry_run(context, *builds.first, bundle, words->targets);
  std::optional<AttachLater> console;
  int code = apply(context, builds, bundle, *words, *threads, console);
  return code == kDone && console ? attach(context, root, bundle, *console) : code;
}

}  // namespace vmplan::cli
