// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/take_over.h"

#include <csignal>

#include "runtime/exec/await_start.h"

namespace vmplan::exec {
namespace {

using vm::MachineState;
using vm::MachineStatus;

StepResult take_over_running(const vm::LaunchSpec& spec, const MachineStatus& status,
                             const LabHost& host) {
  if (status.supervisor_pid == 0)
    if (Status adopted = host.machines.adopt(spec.run_dir); !adopted)
      return StepResult::failed(std::move(adopted).error().with("starting a new supervisor"));
  return {state::StepEnd::Done, 0, fmt::format("it was running already (PID {})", status.pid), {}};
}

Error not_ready(const vm::LaunchSpec& spec, const MachineStatus& status, const LabHost& host) {
  constexpr Millis kGrace{2000};
  if (host.cancel.level() == os::Cancel::Level::Kill)
    return {ErrorKind::Interrupted, "the wait for a start under way was interrupted"};
  for (int number : {SIGTERM, SIGKILL}) {
    static_cast<void>(host.machines.signal(spec.run_dir, number));
    Result<bool> ended = host.machines.wait_stopped(spec.run_dir, kGrace, host.cancel);
    if (ended && *ended) break;
  }
  return {ErrorKind::Timeout,
          fmt::format("a start that was under way (PID {}) was not ready after another {} ms and "
                      "was ended",
                      status.pid, spec.timeout.value)};
}

Error another_machine(const vm::LaunchSpec& spec, const MachineStatus& status) {
  return {ErrorKind::Busy,
          fmt::format("a machine with another command line is {} in `{}` (PID {}), and nothing "
                      "that was applied knows it; `vmplan destroy` of this node stops it",
                      vm::to_text(status.state), spec.run_dir, status.pid)};
}

}  // namespace

StepResult take_over(const vm::LaunchSpec& spec, Error busy, const LabHost& host) {
  const MachineStatus found = host.machines.observe(spec.run_dir);
  const bool was_there =
      found.state == MachineState::Running || found.state == MachineState::Starting;
  if (!was_there || found.ending) return StepResult::failed(std::move(busy));
  if (found.argv_hash != spec.argv_hash) return StepResult::failed(another_machine(spec, found));
  const MachineStatus status = await_start(spec.run_dir, StartPoint::Ready, spec.timeout, host, {});
  if (status.state == MachineState::Running && status.argv_hash == spec.argv_hash)
    return take_over_running(spec, status, host);
  if (status.state == MachineState::Starting)
    return StepResult::failed(not_ready(spec, status, host));
  return StepResult::failed(
      {ErrorKind::Failed, "a start that was under way failed: " + status.detail});
}

}  // namespace vmplan::exec
