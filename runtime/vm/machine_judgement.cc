// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/machine_judgement.h"

#include <fmt/format.h>

#include <cstring>

namespace vmplan::vm {
namespace {

struct Verdict {
  MachineState state;
  std::string detail;
  bool by_guest = false;
};

std::string signal_text(std::int64_t number) {
  const char* name = ::sigabbrev_np(static_cast<int>(number));
  return name == nullptr ? fmt::format("signal {}", number)
                         : fmt::format("signal {} (SIG{})", number, name);
}

/// The end that QEMU announced itself. Its exit code is 0 in all these cases and tells nothing.
Verdict announced(const RunRecord& record) {
  const std::string& reason = record.shutdown->reason;
  const bool asked = !record.requested.empty();
  if (reason == "guest-panic") return {MachineState::Crashed, "the guest panicked"};
  if (record.shutdown->guest)
    return asked ? Verdict{MachineState::Stopped, "the guest shut down on request"}
                 : Verdict{MachineState::Stopped, "the guest switched itself off", true};
  if (reason == "host-signal" && !asked)
    return {MachineState::Crashed, "QEMU was ended by a signal that vmplan did not send"};
  if (reason == "host-error")
    return {MachineState::Crashed, "QEMU ended because of an error of its own"};
  return {MachineState::Stopped, fmt::format("QEMU was ended ({})", reason)};
}

Verdict ended(const RunRecord& record) {
  if (record.requested == kStartTimeout)
    return {MachineState::Crashed, "QEMU was ended: it did not become ready in time"};
  if (record.requested == kStartAborted)
    return {MachineState::Stopped, "the start was interrupted"};
  if (record.signal) {
    const std::string text = fmt::format("QEMU was killed by {}", signal_text(*record.signal));
    const bool ours = record.requested == fmt::format("signal-{}", *record.signal);
    return {ours ? MachineState::Stopped : MachineState::Crashed, text};
  }
  if (record.exit_code.value_or(0) != 0)
    return {MachineState::Crashed, fmt::format("QEMU exited with status {}", *record.exit_code)};
  if (record.shutdown) return announced(record);
  if (!record.requested.empty())
    return {MachineState::Stopped, fmt::format("QEMU ended on request ({})", record.requested)};
  if (record.exit_code) return {MachineState::Stopped, "QEMU exited with status 0"};
  return {MachineState::Lost, "QEMU ended, and how is not known: its shim was not its parent"};
}

/// The record says that it lives, and it does not.
Verdict vanished(const RunRecord& record, Liveness liveness) {
  if (!liveness.same_boot) return {MachineState::Lost, "the host was restarted while it ran"};
  if (record.pid == 0)
    return {MachineState::Absent, "a start was interrupted before QEMU was started"};
  if (liveness.shim)
    return {MachineState::Lost, "QEMU has ended, and its shim has not recorded how"};
  if (!record.requested.empty() || record.shutdown) return ended(record);
  return {MachineState::Lost, "QEMU and its shim have both ended, and nobody saw how"};
}

Verdict judge_state(const RunRecord& record, Liveness liveness) {
  if (record.state == RunState::Exited) return ended(record);
  if (!liveness.same_boot) return vanished(record, liveness);
  if (record.state == RunState::Starting && record.pid == 0 && liveness.shim)
    return {MachineState::Starting, "QEMU is about to be started"};
  if (!liveness.qemu) return vanished(record, liveness);
  std::string detail = liveness.shim ? "" : "its shim has ended; apply gives it a new one";
  if (liveness.ending) detail = "its QEMU is ending";
  if (record.state == RunState::Starting) return {MachineState::Starting, std::move(detail)};
  return {MachineState::Running, std::move(detail)};
}

}  // namespace

MachineStatus judge(const RunRecord& record, Liveness liveness) {
  Verdict verdict = judge_state(record, liveness);
  MachineStatus status;
  status.state = verdict.state;
  status.detail = std::move(verdict.detail);
  status.by_guest = verdict.by_guest;
  status.argv_hash = Digest::parse(record.argv_hash);
  const bool present =
      status.state == MachineState::Running || status.state == MachineState::Starting;
  if (present) {
    status.pid = liveness.qemu ? record.pid : 0;
    status.supervisor_pid = liveness.shim ? record.shim_pid : 0;
    status.ending = liveness.ending;
  }
  if (status.state != MachineState::Absent)
    status.since = record.ended_at.empty() ? record.started_at : record.ended_at;
  return status;
}

std::string_view to_text(MachineState state) {
  switch (state) {
    case MachineState::Absent:
      return "absent";
    case MachineState::Starting:
      return "starting";
    case MachineState::Running:
      return "running";
    case MachineState::Stopped:
      return "stopped";
    case MachineState::Crashed:
      return "crashed";
    case MachineState::Lost:
      return "lost";
  }
  return "";
}

}  // namespace vmplan::vm
