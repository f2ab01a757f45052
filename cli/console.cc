// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"

#include "runtime/exec/machine_node.h"
#include "runtime/os/signals.h"
#include "runtime/vm/console_tail.h"
#include "runtime/vm/terminal_filter.h"

namespace vmplan::cli {

std::string console_log_of(const plan::CommandPlan& node) {
  const Json* serial = node.spec.find("serial");
  return std::string(serial == nullptr ? "" : serial->string_or("logfile", ""));
}

int show_console(Context& context, const os::LabRoot& root, LabHostBundle& bundle,
                 const ConsoleView& view) {
  const std::string log = console_log_of(view.node);
  const std::string run_dir = exec::run_dir_of(view.node).value_or("");
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
    if (!view.follow) return true;
    vm::MachineState state = bundle.host().machines.observe(run_dir).state;
    return state != vm::MachineState::Running && state != vm::MachineState::Starting;
  };
  vm::TailSpec spec;
  spec.path = log;
  spec.first_byte = view.first_byte;
  Status followed = vm::follow_log(root, spec, sink, ended, bundle.cancel());
  context.terminal.out(filter.finish());
  if (int signal = os::SignalScope::received(); signal != 0) return kSignalBase + signal;
  if (followed || context.terminal.failed()) return kDone;
  context.terminal.error(followed.error().text());
  return kError;
}

}  // namespace vmplan::cli
