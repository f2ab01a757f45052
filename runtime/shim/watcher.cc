// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/watcher.h"

#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "runtime/os/posix_clock.h"
#include "runtime/os/process_identity.h"
#include "runtime/os/spawn.h"
#include "runtime/os/system_error.h"

namespace vmplan::shim {
namespace {

constexpr std::int64_t kGraceMs = 2000;
constexpr std::int64_t kReplyMs = 5000;
constexpr std::int64_t kSavePauseMs = 1000;
constexpr std::int64_t kLongestWaitMs = 60'000;

os::UniqueFd open_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGHUP);
  return os::UniqueFd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

std::string version_words() {
  return fmt::format("hello {} vmplan-shim {}", vm::kShimProtocol, VMPLAN_VERSION);
}

}  // namespace

Watcher::Watcher(Machine machine, Readiness readiness, Reporter& reporter)
    : machine_(std::move(machine)),
      readiness_(std::move(readiness)),
      reporter_(reporter),
      monitor_(machine_.directory.fd(), vm::kShimMonitor, Monitor::Purpose::Converse),
      signals_(open_signals()),
      started_(os::monotonic_now()) {
  if (!machine_.has_monitor) monitor_.give_up();
}

void Watcher::run() {
  while (!ended_ && !leaving_) wait_and_serve();
  if (ended_) return finish();
  // QEMU keeps running, and keeps the machine's lock; a later adopt finds everything in run.json.
  machine_.directory.remove(vm::kControlSocket);
  reporter_.error(Error{ErrorKind::Interrupted, "the shim was told to leave"});
}

void Watcher::wait_and_serve() {
  enum { Process, Signals, Parent, Qmp, Greeting, Count };
  std::vector<pollfd> polled(Count);
  polled[Process] = {machine_.pidfd.get(), POLLIN, 0};
  polled[Signals] = {signals_.get(), POLLIN, 0};
  polled[Parent] = {reporter_.fd(), POLLIN, 0};
  polled[Qmp] = {monitor_.fd(), POLLIN, 0};
  polled[Greeting] = {readiness_.greeting ? readiness_.greeting->fd() : -1, POLLIN, 0};
  machine_.control.add_to(polled);
  const Millis before = os::monotonic_now();
  const std::int64_t wait = next_deadline(before).value - before.value;
  if (::poll(polled.data(), polled.size(),
             static_cast<int>(std::clamp<std::int64_t>(wait, 0, kLongestWaitMs))) < 0)
    return;

  if (polled[Qmp].revents != 0) monitor_.read([this](const QmpLine& line) { on_qmp(line); });
  if (polled[Greeting].revents != 0) readiness_.greeting->read([](const QmpLine&) {});
  if (polled[Parent].revents != 0 && reporter_.abort_requested())
    end_qemu(vm::kStartAborted, {ErrorKind::Interrupted, "the start was interrupted"});
  if (polled[Signals].revents != 0) {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) == sizeof info && info.ssi_signo == SIGTERM)
      leaving_ = true;
  }
  machine_.control.serve(
      polled, [this](ClientId client, const std::string& line) { on_control(client, line); });
  if (polled[Process].revents != 0) ended_ = true;
  if (!ended_) on_timers(os::monotonic_now());
}

Millis Watcher::next_deadline(Millis now) const {
  Millis next{now.value + kLongestWaitMs};
  next = std::min(next, monitor_.next_tick());
  if (readiness_.greeting && !ready_) next = std::min(next, readiness_.greeting->next_tick());
  if (!ready_ && !ending_because_) {
    next = std::min(next, Millis{started_.value + readiness_.timeout.value});
    if (now.value < started_.value + readiness_.age.value)
      next = std::min(next, Millis{started_.value + readiness_.age.value});
  }
  if (kill_at_.value > 0) next = std::min(next, kill_at_);
  if (next_save_ > now) next = std::min(next, next_save_);
  for (const Pending& request : pending_) next = std::min(next, request.deadline);
  return next;
}

void Watcher::on_timers(Millis now) {
  monitor_.tick(now);
  if (readiness_.greeting && !ready_) readiness_.greeting->tick(now);
  if (monitor_.ready()) {
    for (Pending& request : pending_)
      if (request.qmp_id == 0) request.qmp_id = monitor_.send(request.command);
  }
  std::erase_if(pending_, [&](const Pending& request) {
    if (request.deadline > now) return false;
    machine_.control.answer(request.client,
                            vm::error_line({ErrorKind::Timeout, "QEMU did not answer in time"}));
    return true;
  });
  if (kill_at_.value > 0 && now >= kill_at_) {
    os::signal_pidfd(machine_.pidfd.get(), SIGKILL);
    kill_at_ = {now.value + kGraceMs};
  }
  check_ready(now);
}

bool Watcher::is_reached(Millis now) const {
  return (!machine_.has_monitor || monitor_.ready()) &&
         (!readiness_.greeting || readiness_.greeting->ready()) &&
         now.value >= started_.value + readiness_.age.value;
}

void Watcher::check_ready(Millis now) {
  if (ending_because_) return;
  const bool reached = is_reached(now);
  // An adopted machine may get there long after its adoption was reported.
  if (reached && machine_.record.state == vm::RunState::Starting && now >= next_save_) {
    machine_.record.state = vm::RunState::Running;
    if (Status saved = save(); !saved) {
      // A start must not be said to have failed while its QEMU runs. One that ran before us is
      // not ours to end: what cannot be recorded now is recorded later.
      if (readiness_.end_on_timeout) return end_qemu(vm::kStartAborted, std::move(saved).error());
      machine_.record.state = vm::RunState::Starting;
      next_save_ = {now.value + kSavePauseMs};
    }
  }
  if (ready_) return;
  const bool timed_out = now.value >= started_.value + readiness_.timeout.value;
  if (!reached && !timed_out) return;
  if (!reached && readiness_.end_on_timeout)
    return end_qemu(vm::kStartTimeout,
                    {ErrorKind::Timeout, fmt::format("QEMU was not ready after {} ms and was ended",
                                                     readiness_.timeout.value)});
  ready_ = true;
  reporter_.ready(machine_.record.pid);
}

void Watcher::end_qemu(std::string_view requested, Error why) {
  if (ending_because_) return;
  ending_because_ = std::move(why);
  machine_.record.requested = requested;
  (void)save();  // a full disk must not keep QEMU alive
  os::signal_pidfd(machine_.pidfd.get(), SIGTERM);
  kill_at_ = {os::monotonic_now().value + kGraceMs};
}

void Watcher::on_qmp(const QmpLine& line) {
  if (const auto* reply = std::get_if<QmpReturn>(&line)) {
    settle(reply->id, vm::ok_line());
  } else if (const auto* failure = std::get_if<QmpFailure>(&line)) {
    settle(failure->id, vm::error_line({ErrorKind::Failed, "QEMU refused: " + failure->text}));
  } else if (const auto* shutdown = std::get_if<vm::Shutdown>(&line)) {
    machine_.record.shutdown = *shutdown;
    (void)save();  // tried again when QEMU has ended
  }
}

void Watcher::settle(std::int64_t qmp_id, std::string_view answer) {
  std::erase_if(pending_, [&](const Pending& request) {
    if (request.qmp_id != qmp_id) return false;
    machine_.control.answer(request.client, answer);
    return true;
  });
}

void Watcher::on_control(ClientId client, const std::string& line) {
  const vm::ControlLine parsed = vm::parse_control_line(line);
  if (std::holds_alternative<vm::Hello>(parsed)) {
    machine_.control.answer(client, vm::ok_line(version_words()));
  } else if (std::holds_alternative<vm::AskStatus>(parsed)) {
    machine_.control.answer(client, vm::ok_line(status_words()));
  } else if (const auto* request = std::get_if<vm::RequestEnd>(&parsed)) {
    on_request(client, request->command);
  } else if (const auto* expected = std::get_if<vm::ExpectSignal>(&parsed)) {
    machine_.record.requested = fmt::format("signal-{}", expected->number);
    Status saved = save();
    machine_.control.answer(client, saved ? vm::ok_line() : vm::error_line(saved.error()));
  } else if (const auto* unknown = std::get_if<vm::UnknownLine>(&parsed)) {
    machine_.control.answer(client, vm::error_line({ErrorKind::Refused, unknown->reason}));
  }
}

void Watcher::on_request(ClientId client, const std::string& command) {
  if (!machine_.has_monitor)
    return machine_.control.answer(
        client, vm::error_line({ErrorKind::Refused, "QEMU has no monitor for its shim"}));
  // Who asked for the end must be known even if shim and host die right after it.
  machine_.record.requested = command;
  if (Status saved = save(); !saved)
    return machine_.control.answer(client, vm::error_line(saved.error()));
  const std::int64_t id = monitor_.ready() ? monitor_.send(command) : 0;
  pending_.push_back({client, command, id, {os::monotonic_now().value + kReplyMs}});
}

std::string Watcher::status_words() const {
  constexpr std::array<std::string_view, 3> kStates = {"starting", "running", "exited"};
  const vm::RunRecord& record = machine_.record;
  return fmt::format("status state={} pid={} monitor={} requested={}",
                     kStates[static_cast<std::size_t>(record.state)], record.pid,
                     monitor_.ready() ? "yes" : "no",
                     record.requested.empty() ? "-" : record.requested);
}

void Watcher::finish() {
  monitor_.drain([this](const QmpLine& line) { on_qmp(line); });  // SHUTDOWN may still wait there
  vm::RunRecord& record = machine_.record;
  if (machine_.is_child) {
    const os::ChildExit exit = os::reap(static_cast<pid_t>(record.pid));
    if (exit.signal != 0) {
      record.signal = exit.signal;
    } else {
      record.exit_code = exit.code;
    }
  } else {
    // QEMU's end has freed the lock. When somebody else has it already, everything here is theirs.
    Result<os::UniqueFd> lock = machine_.directory.lock(vm::kMachineLock, Millis{0});
    if (!lock) return;
    machine_.machine_lock = std::move(*lock);
  }
  record.state = vm::RunState::Exited;
  record.ended_at = os::PosixClock().utc_now();
  machine_.directory.remove_sockets();
  const Status saved = save();
  for (const Pending& request : pending_)
    machine_.control.answer(request.client, saved ? vm::ok_line() : vm::error_line(saved.error()));
  if (!ready_) reporter_.error(ending_because_ ? *ending_because_ : early_end());
}

Error Watcher::early_end() const {
  const vm::RunRecord& record = machine_.record;
  std::string how = record.signal
                        ? fmt::format("was killed by signal {}", *record.signal)
                        : fmt::format("exited with status {}", record.exit_code.value_or(0));
  const std::string said = last_output();
  return {ErrorKind::Failed,
          fmt::format("QEMU {} before it was ready{}{}", how, said.empty() ? "" : ":\n", said)};
}

std::string Watcher::last_output() const {
  constexpr off_t kMost = 2048;
  if (!machine_.output) return "";
  const off_t end = ::lseek(machine_.output.get(), 0, SEEK_END);
  const off_t begin = std::max(machine_.output_start, end - kMost);
  if (end <= begin) return "";
  std::string text(static_cast<std::size_t>(end - begin), '\0');
  ssize_t count = os::retry_eintr(
      [&] { return ::pread(machine_.output.get(), text.data(), text.size(), begin); });
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace vmplan::shim
