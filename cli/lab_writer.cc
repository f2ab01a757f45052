// SPDX-License-Identifier: Apache-2.0
#include "cli/lab_writer.h"

#include <fmt/format.h>

#include "cli/progress.h"
#include "compiler/base/text.h"
#include "runtime/build/build_output.h"
#include "runtime/exec/recovery.h"
#include "runtime/os/signals.h"

namespace vmplan::cli {
namespace {

void report_recovery(Context& context, const exec::Recovered& recovered) {
  if (context.quiet) return;
  for (const std::string& id : recovered.finished)
    context.terminal.err(fmt::format("recovered {}: an interrupted run had finished it\n", id));
  for (const std::string& id : recovered.half_done)
    context.terminal.err(
        fmt::format("half-updated {}: an interrupted run left it, this one continues\n", id));
}

int exit_code(const exec::ExecResult& result) {
  if (int signal = os::SignalScope::received();
      signal != 0 && result.status != state::RunStatus::Succeeded)
    return kSignalBase + signal;
  return result.status == state::RunStatus::Succeeded ? kDone : kError;
}

}  // namespace

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
  Result<exec::Recovered> recovered = exec::recover(**store, bundle.host(), point);
  if (!recovered) {
    context.terminal.error(recovered.error().text());
    return std::nullopt;
  }
  report_recovery(context, *recovered);
  return LabWriter{std::move(*lock), std::move(*store)};
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
    context.terminal.out(summary_text(result->counters));
  return exit_code(*result);
}

}  // namespace vmplan::cli
