// SPDX-License-Identifier: Apache-2.0
// vmplan step NAME ARGS...: one built-in step by hand, exactly as the executor runs it. The current
// directory is the lab root.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "compiler/base/text.h"
#include "runtime/exec/steps/builtin.h"
#include "runtime/os/signals.h"

namespace vmplan::cli {

int cmd_step(Context& context) {
  const std::vector<std::string>& words = context.args.positionals();
  if (words.empty()) {
    for (const plan::BuiltinForm& form : plan::builtin_forms())
      context.terminal.out(fmt::format("  {:<40} {}\n", form.grammar, form.summary));
    return kDone;
  }
  // The same places as the executor may touch.
  std::optional<build::OpenLab> lab = open_lab(context, ".");
  if (!lab) return kError;
  LabHostBundle bundle(lab->root,
                       context.args.value_or("state-dir", build::state_dir_of(lab->where)));
  os::SignalScope signals(bundle.cancel());
  Result<std::unique_ptr<state::StateReader>> state =
      state::open_state_for_reading(bundle.files(), bundle.state_location());
  if (!state) {
    context.terminal.error(state.error().text());
    return kError;
  }
  store::DigestCache verified(bundle.files(), store::digest_cache_path(bundle.host().state_dir));
  exec::StepContext step_context{bundle.host(), **state, verified};
  exec::StepReport report = exec::run_builtin(words, step_context);
  if (!report.message.empty()) context.terminal.err(printable(report.message) + "\n");
  return report.exit_code;
}

}  // namespace vmplan::cli
