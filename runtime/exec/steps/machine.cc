// SPDX-License-Identifier: Apache-2.0
// The rungs of the stop ladder and the question whether a machine runs. What is not running needs
// no stopping.
#include <charconv>
#include <csignal>

#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

constexpr Millis kMonitorTimeout{5'000};

StepReport running(StepArgs args, StepContext& context) {
  std::optional<Digest> wanted;
  if (args.size() > 1) {
    wanted = Digest::parse(args[1]);
    if (!wanted)
      return step_usage(fmt::format("`{}` is no digest (sha256: and 64 hex digits)", args[1]));
  }
  vm::MachineStatus status = context.host.machines.observe(args[0]);
  if (status.state != vm::MachineState::Running)
    return step_failed(
        fmt::format("the machine in `{}` is {}", args[0], vm::to_text(status.state)));
  if (wanted && status.argv_hash != wanted)
    return step_failed(fmt::format("the machine in `{}` runs with another command line", args[0]));
  return step_ok();
}

StepReport request(StepArgs args, std::string_view command, StepContext& context) {
  Status done = context.host.machines.request(args[0], command, kMonitorTimeout);
  if (done) return step_ok();
  if (done.error().kind == ErrorKind::NotFound) return step_ok("it does not run");
  if (done.error().kind == ErrorKind::Interrupted) return step_failed(done.error());
  return {kMonitorSilent, done.error().text(), false};
}

StepReport powerdown(StepArgs args, StepContext& context) {
  return request(args, "system_powerdown", context);
}
StepReport quit(StepArgs args, StepContext& context) { return request(args, "quit", context); }

StepReport wait(StepArgs args, StepContext& context) {
  static constexpr std::int64_t kMaxSeconds = 86'400;
  std::int64_t seconds = 0;
  const std::string& text = args[1];
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 ||
      seconds > kMaxSeconds)
    return step_usage(fmt::format("`{}` is no number of seconds", text));
  Result<bool> stopped =
      context.host.machines.wait_stopped(args[0], to_millis(Seconds{seconds}), context.host.cancel);
  if (!stopped) return step_failed(stopped.error());
  if (*stopped) return step_ok();
  return {kStillRunning, fmt::format("it still runs after {} s", seconds), false};
}

StepReport signal(StepArgs args, StepContext& context) {
  int number = 0;
  if (args[1] == "TERM") number = SIGTERM;
  if (args[1] == "KILL") number = SIGKILL;
  if (number == 0) return step_usage(fmt::format("`{}` is neither TERM nor KILL", args[1]));
  Status sent = context.host.machines.signal(args[0], number);
  if (sent || sent.error().kind == ErrorKind::NotFound) return step_ok();
  return step_failed(sent.error());
}

StepReport clean(StepArgs args, StepContext& context) {
  if (Status cleaned = context.host.machines.clean(args[0]); !cleaned)
    return step_failed(cleaned.error());
  return step_ok();
}

struct Verb {
  std::string_view name;
  StepReport (*run)(StepArgs args, StepContext& context);
};
constexpr Verb kVerbs[] = {{"clean", clean},     {"powerdown", powerdown}, {"quit", quit},
                           {"running", running}, {"signal", signal},       {"wait", wait}};

}  // namespace

StepReport run_machine(StepArgs args, StepContext& context) {
  for (const Verb& verb : kVerbs)
    if (verb.name == args[0]) return verb.run(args.subspan(1), context);
  throw InternalError("nothing runs the step machine " + args[0]);
}

}  // namespace vmplan::exec
