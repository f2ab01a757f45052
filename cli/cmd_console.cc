// SPDX-License-Identifier: Apache-2.0
// vmplan console VM --follow: the guest's console as it is written. Sends nothing and takes no
// lock.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "runtime/exec/machine_node.h"
#include "runtime/os/signals.h"
#include "runtime/vm/console_tail.h"
#include "runtime/vm/terminal_filter.h"

namespace vmplan::cli {
namespace {

/// Follows until the machine has ended or the user interrupts.
int follow(Context& context, const os::LabRoot& root, LabHostBundle& bundle,
           const plan::CommandPlan& node, const std::string& log) {
  std::string run_dir = exec::run_dir_of(node).value_or("");
  os::SignalScope signals(bundle.cancel());
  vm::TerminalFilter filter;
  vm::TailSink sink = [&](std::string_view bytes) -> Status {
    // A terminal must not be steered by the guest, and behind a pipe is one as well, more often
    // than not.
    context.terminal.out(filter.feed(bytes));
    context.terminal.flush();
    return context.terminal.failed() ? Status(fail(ErrorKind::Io, "standard output is closed"))
                                     : Status();
  };
  auto ended = [&] {
    if (!context.args.has("follow")) return true;
    vm::MachineState state = bundle.host().machines.observe(run_dir).state;
    return state != vm::MachineState::Running && state != vm::MachineState::Starting;
  };
  vm::TailSpec spec;
  spec.path = log;
  Status followed = vm::follow_log(root, spec, sink, ended, bundle.cancel());
  context.terminal.out(filter.finish());
  if (int signal = os::SignalScope::received(); signal != 0) return kSignalBase + signal;
  if (followed || context.terminal.failed()) return kDone;
  context.terminal.error(followed.error().text());
  return kError;
}

}  // namespace

int cmd_console(Context& context) {
  std::optional<Words> words = sort_words(context);
  if (!words) return kError;
  if (words->targets.size() != 1) {
    context.terminal.error("name one machine: vmplan console VM --follow");
    return kError;
  }
  std::optional<build::OpenLab> lab = open_lab(context, words->path);
  if (!lab) return kError;
  LabHostBundle bundle(lab->root, build::state_dir_of(lab->where));
  Result<std::unique_ptr<state::StateReader>> state =
      state::open_state_for_reading(bundle.files(), bundle.state_location());
  Result<change::Applied> applied = state ? (*state)->applied() : tl::unexpected(state.error());
  if (!applied) {
    context.terminal.error(applied.error().text());
    return kError;
  }
  std::optional<Ids> selected = select_targets(context, words->targets, known_in(*applied));
  if (!selected) return kError;
  const plan::CommandPlan& node = applied->at(*selected->begin()).node;
  const Json* serial = node.spec.find("serial");
  std::string log(serial == nullptr ? "" : serial->string_or("logfile", ""));
  if (selected->size() != 1 || log.empty()) {
    context.terminal.error(
        fmt::format("{} keeps no console log; set [serial] enabled = true in its profile",
                    words->targets.front()));
    return kError;
  }
  return follow(context, lab->root, bundle, node, log);
}

}  // namespace vmplan::cli
