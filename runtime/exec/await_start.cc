// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/await_start.h"

namespace vmplan::exec {
namespace {

constexpr Millis kDefaultStart{60'000};
constexpr Millis kPause{100};

}  // namespace

Millis start_timeout(const plan::Step& step) {
  return step.timeout_seconds == 0 ? kDefaultStart : to_millis(Seconds{step.timeout_seconds});
}

vm::MachineStatus await_start(std::string_view run_dir, StartPoint point, Millis timeout,
                              const LabHost& host, const Say& say) {
  const std::int64_t deadline = host.clock.monotonic().value + timeout.value;
  bool may_adopt = point == StartPoint::Ready;
  bool said = !say;
  while (true) {
    vm::MachineStatus status = host.machines.observe(run_dir);
    if (status.state != vm::MachineState::Starting) return status;
    if (point == StartPoint::Process && status.pid != 0) return status;
    if (host.clock.monotonic().value >= deadline || host.cancel.level() == os::Cancel::Level::Kill)
      return status;
    if (!said)
      say(fmt::format("its start (PID {}) is under way; waiting for at most {} s", status.pid,
                      timeout.value / 1000));
    said = true;
    if (status.supervisor_pid == 0 && may_adopt) {
      // Once: an adoption that fails means that the machine has just ended, or has a shim by now.
      may_adopt = false;
      static_cast<void>(host.machines.adopt(run_dir));
    } else {
      host.clock.sleep(kPause);
    }
  }
}

vm::MachineStatus await_end(std::string_view run_dir, Millis timeout, const LabHost& host,
                            const Say& say) {
  vm::MachineStatus status = host.machines.observe(run_dir);
  if (!status.ending) return status;
  if (say)
    say(
        fmt::format("its QEMU (PID {}) is ending and still holds its memory; waiting for at most "
                    "{} s",
                    status.pid, timeout.value / 1000));
  static_cast<void>(host.machines.wait_stopped(run_dir, timeout, host.cancel));
  return host.machines.observe(run_dir);
}

}  // namespace vmplan::exec
