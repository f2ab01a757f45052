// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_machines.h"

#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace vmplan::test {

using vm::MachineState;
using vm::MachineStatus;

void FakeMachines::set(std::string_view run_dir, MachineStatus status) {
  std::lock_guard lock(mutex_);
  machines_[std::string(run_dir)].status = std::move(status);
}

void FakeMachines::set_manner(std::string_view run_dir, Manner manner) {
  std::lock_guard lock(mutex_);
  machines_[std::string(run_dir)].manner = manner;
}

void FakeMachines::set_ready_when_adopted(std::string_view run_dir) {
  std::lock_guard lock(mutex_);
  machines_[std::string(run_dir)].ready_when_adopted = true;
}

void FakeMachines::fail_next_launch(Error error) {
  std::lock_guard lock(mutex_);
  next_launch_error_ = std::move(error);
}

void FakeMachines::kill(std::string_view run_dir, int signal_number) {
  std::lock_guard lock(mutex_);
  MachineStatus& status = machines_[std::string(run_dir)].status;
  status.state = MachineState::Crashed;
  status.pid = status.supervisor_pid = 0;
  status.detail = fmt::format("QEMU was killed by signal {}", signal_number);
}

std::vector<std::string> FakeMachines::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

std::vector<vm::LaunchSpec> FakeMachines::launches() const {
  std::lock_guard lock(mutex_);
  return launches_;
}

bool FakeMachines::runs(std::string_view run_dir) const {
  auto it = machines_.find(run_dir);
  return it != machines_.end() && (it->second.status.state == MachineState::Running ||
                                   it->second.status.state == MachineState::Starting);
}

void FakeMachines::stop(Machine& machine) {
  machine.status.state = MachineState::Stopped;
  machine.status.pid = machine.status.supervisor_pid = 0;
}

MachineStatus FakeMachines::observe(std::string_view run_dir) const {
  std::lock_guard lock(mutex_);
  auto it = machines_.find(run_dir);
  return it == machines_.end() ? MachineStatus{} : it->second.status;
}

Status FakeMachines::launch(const vm::LaunchSpec& spec, const os::Cancel& cancel) {
  std::lock_guard lock(mutex_);
  calls_.push_back("launch " + spec.run_dir);
  launches_.push_back(spec);
  if (cancel.level() == os::Cancel::Level::Kill)
    return fail(ErrorKind::Interrupted, "the start was interrupted");
  if (next_launch_error_) return fail(*std::exchange(next_launch_error_, std::nullopt));
  if (runs(spec.run_dir))
    return fail(ErrorKind::Busy, fmt::format("`{}` already runs", spec.run_dir));
  MachineStatus& status = machines_[spec.run_dir].status;
  status = MachineStatus{};
  status.state = MachineState::Running;
  status.pid = next_pid_++;
  status.supervisor_pid = next_pid_++;
  status.since = "2026-11-21T10:00:00Z";
  status.argv_hash = spec.argv_hash;
  return {};
}

Status FakeMachines::adopt(std::string_view run_dir) {
  std::lock_guard lock(mutex_);
  calls_.push_back(fmt::format("adopt {}", run_dir));
  if (!runs(run_dir))
    return fail(ErrorKind::NotFound, fmt::format("no machine runs in `{}`", run_dir));
  Machine& machine = machines_.find(run_dir)->second;
  if (machine.status.supervisor_pid != 0)
    return fail(ErrorKind::Busy, fmt::format("`{}` has a shim", run_dir));
  machine.status.supervisor_pid = next_pid_++;
  if (machine.ready_when_adopted) machine.status.state = MachineState::Running;
  return {};
}

Status FakeMachines::request(std::string_view run_dir, std::string_view qmp_command,
                             Millis /*timeout*/) {
  std::lock_guard lock(mutex_);
  calls_.push_back(fmt::format("request {} {}", run_dir, qmp_command));
  if (!runs(run_dir))
    return fail(ErrorKind::NotFound, fmt::format("no machine runs in `{}`", run_dir));
  Machine& machine = machines_.find(run_dir)->second;
  if (machine.manner == Manner::Hangs) return fail(ErrorKind::Timeout, "no answer");
  if (qmp_command == "quit" || machine.manner == Manner::Obeys) stop(machine);
  return {};
}

Result<bool> FakeMachines::wait_stopped(std::string_view run_dir, Millis /*timeout*/,
                                        const os::Cancel& cancel) {
  std::lock_guard lock(mutex_);
  calls_.push_back(fmt::format("wait_stopped {}", run_dir));
  if (cancel.level() == os::Cancel::Level::Kill)
    return fail(ErrorKind::Interrupted, "the wait was interrupted");
  auto it = machines_.find(run_dir);
  if (it != machines_.end() && it->second.status.ending && it->second.manner != Manner::Hangs) {
    it->second.status.ending = false;
    it->second.status.state = MachineState::Crashed;
    it->second.status.pid = it->second.status.supervisor_pid = 0;
  }
  return !runs(run_dir);
}

Status FakeMachines::signal(std::string_view run_dir, int signal_number) {
  std::lock_guard lock(mutex_);
  calls_.push_back(fmt::format("signal {} {}", run_dir, signal_number));
  if (!runs(run_dir))
    return fail(ErrorKind::NotFound, fmt::format("no machine runs in `{}`", run_dir));
  Machine& machine = machines_.find(run_dir)->second;
  if (signal_number == SIGKILL || machine.manner != Manner::Hangs) stop(machine);
  return {};
}

Status FakeMachines::clean(std::string_view run_dir) {
  std::lock_guard lock(mutex_);
  calls_.push_back(fmt::format("clean {}", run_dir));
  if (runs(run_dir)) return fail(ErrorKind::Busy, fmt::format("a machine runs in `{}`", run_dir));
  auto it = machines_.find(run_dir);
  if (it != machines_.end()) it->second.status = MachineStatus{};
  return {};
}

}  // namespace vmplan::test
