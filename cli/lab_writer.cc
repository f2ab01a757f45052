// SPDX-License-Identifier: Apache-2.0
#include "cli/lab_writer.h"

#include <fmt/format.h>

#include "cli/half_updated.h"
#include "cli/progress.h"
#include "compiler/base/text.h"
#include "runtime/build/build_output.h"
#include "runtime/exec/recovery.h"
#include "runtime/os/signals.h"

namespace vmplan::cli {
namespace {

int exit_code(const exec::ExecResult& result) {
  if (int signal = os::SignalScope::received();
      signal != 0 && result.status != state::RunStatus::Succeeded)
    return kSignalBase + signal;
  return result.status == state::RunStatus::Succeeded ? kDone : kError;
}

}  // namespace

exec::SayOf say_to(Context& context) {
  return [&context](const std::string& node, const std::string& line) {
    if (!context.quiet) context.terminal.err(fmt::format("{}: {}\n", node, line));
  };
}

LabHostBundle::LabHostBundle(const os::LabRoot& root, std::string state_dir)
    : root_(root),
      files_(root),
      processes_(root),
      machines_(root),
      host_{files_, processes_, machines_, clock_, cancel_, root.path(), std::move(state_dir)} {}

std::optional<LabWriter> open_writer(Context& context, const os::LabRoot& root,
                                     LabHostBundle& bundle, std::string_view command,
                                     exec::StartPoint point) {
  const std::string& state_dir = bundle.host().state_dir;
  if (Status made = build::make_state_dir(bundle.files(), state_dir); !made) {
    context.terminal.error(made.error().text());
    return std::nullopt;
  }
  Result<os::FileLock> lock =
      os::FileLock::acquire(root, state_dir + "/lock", command, bundle.clock());
  if (!lock) {
    context.terminal.error(lock.error().text());
    return std::nullopt;
  }
  Result<std::unique_ptr<state::StateStore>> store =
      state::open_state(bundle.files(), bundle.state_location());
  if (!store) {
    context.terminal.error(store.error().text());
    return std::nullopt;
  }
  Result<std::vector<std::string>> recovered =
      exec::recover(**store, bundle.host(), {point, say_to(context)});
  if (!recovered) {
    context.terminal.error(recovered.error().text());
    return std::nullopt;
  }
  if (!context.quiet)
    for (const std::string& id : *recovered)
      context.terminal.err(fmt::format("recovered {}: an interrupted run had finished it\n", id));
  return LabWriter{std::move(*lock), std::move(*store)};
}

std::optional<LabState> open_existing(Context& context, const os::LabRoot& root,
                                      LabHostBundle& bundle, std::string_view command,
                                      exec::StartPoint point) {
  Result<os::FileInfo> there = bundle.files().stat(bundle.state_location().database());
  if (there) {
    std::optional<LabWriter> writer = open_writer(context, root, bundle, command, point);
    if (!writer) return std::nullopt;
    return LabState{std::move(writer), nullptr};
  }
  Result<std::unique_ptr<state::StateReader>> nothing =
      there.error().kind == ErrorKind::NotFound
          ? state::open_state_for_reading(bundle.files(), bundle.state_location())
          : tl::unexpected(std::move(there).error().with("looking for the state"));
  if (nothing) return LabState{std::nullopt, std::move(*nothing)};
  context.terminal.error(nothing.error().text());
  return std::nullopt;
}

bool settle_leftovers(Context& context, const exec::Leftovers& leftovers, LabWriter& writer,
                      LabHostBundle& bundle) {
  if (Status settled = exec::settle(leftovers, *writer.state, bundle.host()); !settled) {
    context.terminal.error(settled.error().text());
    return false;
  }
  if (!context.quiet)
    for (const state::UnfinishedNode& node : leftovers.abandoned)
      context.terminal.err(abandoned_text(node));
  return true;
}

int run_change_set(Context& context, const change::ChangeSet& set, exec::ExecOptions options,
                   LabWriter& writer, LabHostBundle& bundle) {
  os::SignalScope signals(bundle.cancel());
  options.generator = "vmplan " VMPLAN_VERSION;
  TextProgress text(context);
  JsonProgress json(context.terminal);
  exec::Observer& observer = context.format == Format::Json ? static_cast<exec::Observer&>(json)
                                                            : static_cast<exec::Observer&>(text);
  Result<exec::ExecResult> result =
      exec::execute(set, options, *writer.state, bundle.host(), observer);
  if (!result) {
    context.terminal.error(result.error().text());
    return kError;
  }
  if (context.format == Format::Text && !context.quiet)
    context.terminal.out(summary_text(result->status, result->counters));
  return exit_code(*result);
}

}  // namespace vmplan::cli
