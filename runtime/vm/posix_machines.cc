// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/posix_machines.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>

#include "compiler/base/lexical_path.h"
#include "runtime/os/posix_clock.h"
#include "runtime/os/socket.h"
#include "runtime/os/spawn.h"
#include "runtime/os/system_error.h"
#include "runtime/vm/machine_judgement.h"
#include "runtime/vm/qmp_client.h"
#include "runtime/vm/shim_client.h"
#include "runtime/vm/shim_protocol.h"

namespace vmplan::vm {
namespace {

/// What a shim needs on top of the time that QEMU has to become ready: locks, records, SIGTERM,
/// SIGKILL.
constexpr std::int64_t kShimOverheadMs = 15'000;
constexpr std::int64_t kAdoptMs = 5000;
constexpr std::int64_t kControlMs = 5000;
/// How long a shim may take to record the end of its QEMU.
constexpr std::int64_t kRecordMs = 2000;
constexpr std::int64_t kRecordPollMs = 10;

std::string shim_beside_this_program() {
  std::array<char, PATH_MAX> buffer{};
  ssize_t size = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (size <= 0) return "";
  std::string path(buffer.data(), static_cast<std::size_t>(size));
  return path.substr(0, path.rfind('/')) + "/vmplan-shim";
}

Error no_machine(std::string_view run_dir) {
  return {ErrorKind::NotFound, fmt::format("no machine runs in `{}`", run_dir)};
}

/// Nobody listens, or whoever did has gone.
bool is_nobody(const Error& error) {
  return error.kind == ErrorKind::NotFound || error.kind == ErrorKind::Io;
}

/// Signals after which the end of QEMU is our doing.
bool ends_process(int number) {
  return number == SIGTERM || number == SIGKILL || number == SIGINT || number == SIGHUP ||
         number == SIGQUIT;
}

struct Channel {
  os::UniqueFd ours;
  os::UniqueFd theirs;
};
Result<Channel> make_channel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(os::system_error("cannot make a channel to the shim", errno));
  return Channel{os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
}

enum class Waited : std::uint8_t { Ended, Deadline, Woken };

/// Waits until a process has ended. `wake_fd` of -1: nothing else wakes.
Waited wait_for(int pidfd, Millis deadline, int wake_fd) {
  while (true) {
    std::array<pollfd, 2> polled{pollfd{pidfd, POLLIN, 0}, pollfd{wake_fd, POLLIN, 0}};
    const std::int64_t left = deadline.value - os::monotonic_now().value;
    ::poll(polled.data(), polled.size(),
           static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
    if (polled[0].revents != 0) return Waited::Ended;
    if (polled[1].revents != 0) return Waited::Woken;
    if (left <= 0) return Waited::Deadline;
  }
}

}  // namespace

PosixMachines::PosixMachines(const os::LabRoot& root, std::string shim)
    : root_(root), shim_(shim.empty() ? shim_beside_this_program() : std::move(shim)) {}

bool PosixMachines::shim_lives(const RunRecord& record) const {
  return processes_.alive({record.shim_pid, record.shim_start_ticks, record.boot_id});
}

bool PosixMachines::qemu_lives(const RunDirectory& directory, const RunRecord& record) const {
  return processes_.alive({record.pid, record.start_ticks, record.boot_id}) &&
         (shim_lives(record) || directory.may_hold_lock(record.pid));
}

MachineStatus PosixMachines::observe(std::string_view run_dir) const {
  const Millis deadline{os::monotonic_now().value + kRecordMs};
  MachineStatus status;
  bool read_again = false;
  while (true) {
    Result<RunDirectory> directory = RunDirectory::open(root_, run_dir);
    if (!directory) {
      if (directory.error().kind != ErrorKind::NotFound) status.detail = directory.error().text();
      return status;
    }
    Result<std::optional<RunRecord>> found = directory->read_record();
    if (!found) {
      status.state = MachineState::Lost;
      status.detail = found.error().text();
      return status;
    }
    if (!*found) return status;
    const RunRecord& record = **found;
    Liveness liveness;
    liveness.same_boot = record.boot_id == as_word(processes_.boot_id());
    liveness.qemu = qemu_lives(*directory, record);
    liveness.shim = shim_lives(record);
    liveness.ending =
        liveness.qemu && processes_.ending({record.pid, record.start_ticks, record.boot_id});
    // The record is older than the look at the processes: they may have ended in between, in good
    // order. The next look at it decides.
    const bool vanished = record.state != RunState::Exited && !liveness.qemu && !liveness.shim;
    if (vanished && !read_again) {
      read_again = true;
      continue;
    }
    // QEMU is about to end, or has ended and its shim is about to say how.
    const bool unfinished = record.state != RunState::Exited && liveness.same_boot &&
                            record.pid != 0 &&
                            (liveness.ending || (!liveness.qemu && liveness.shim));
    if (!unfinished || os::monotonic_now() >= deadline) return judge(record, liveness);
    ::poll(nullptr, 0, kRecordPollMs);
  }
}

Result<PosixMachines::Living> PosixMachines::find_living(std::string_view run_dir) const {
  Result<RunDirectory> directory = RunDirectory::open(root_, run_dir);
  if (!directory) {
    if (directory.error().kind == ErrorKind::NotFound) return fail(no_machine(run_dir));
    return fail(directory.error());
  }
  Result<std::optional<RunRecord>> found = directory->read_record();
  // A record that says nothing does not keep a directory in which nothing can run from being
  // cleaned: whatever runs holds the lock.
  if (!found && found.error().kind == ErrorKind::Corrupt && directory->is_free(kMachineLock))
    return fail(no_machine(run_dir));
  if (!found) return fail(found.error());
  if (!*found || (*found)->state == RunState::Exited) return fail(no_machine(run_dir));
  RunRecord record = std::move(**found);
  Result<os::UniqueFd> pidfd = processes_.open({record.pid, record.start_ticks, record.boot_id});
  if (!pidfd || !qemu_lives(*directory, record)) return fail(no_machine(run_dir));
  const bool has_shim = shim_lives(record);
  return Living{std::move(*directory), std::move(record), std::move(*pidfd), has_shim};
}

Result<std::string> PosixMachines::run_shim(std::vector<std::string> words,
                                            const std::map<std::string, std::string>& env,
                                            Millis patience, const os::Cancel* cancel) const {
  Result<Channel> channel = make_channel();
  if (!channel) return fail(channel.error());
  os::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail(os::system_error("cannot open `/dev/null`", errno));
  words.insert(words.begin(), "vmplan-shim");
  Result<os::Child> child =
      os::spawn({.executable = shim_,
                 .argv = std::move(words),
                 .env = env,
                 .cwd_fd = root_.fd(),
                 .fds = {null.get(), null.get(), null.get(), channel->theirs.get()}});
  if (!child) return fail(child.error());
  channel->theirs.reset();
  os::reap(child->pid);  // it ends at once: the shim proper is its child, and so never ours to reap

  const Millis deadline{os::monotonic_now().value + patience.value};
  std::string buffer;
  int wake_fd = cancel == nullptr ? -1 : cancel->wake_fd();
  while (true) {
    Result<std::string> line =
        read_line(channel->ours.get(), buffer, deadline, wake_fd, "vmplan-shim");
    if (line) return parse_answer(*line);
    if (line.error().kind != ErrorKind::Interrupted) return fail(line.error());
    // The shim ends QEMU and reports that; or the start was complete already, and then it counts.
    wake_fd = -1;
    (void)os::send_all(channel->ours.get(), "abort\n", Millis{1000}, "vmplan-shim");
  }
}

Status PosixMachines::launch(const LaunchSpec& spec, const os::Cancel& cancel) {
  const Millis timeout = spec.timeout.value > 0 ? spec.timeout : LaunchSpec().timeout;
  if (Result<Living> living = find_living(spec.run_dir))
    return fail(ErrorKind::Busy, fmt::format("a machine already runs in `{}` (PID {})",
                                             spec.run_dir, living->record.pid));
  if (Status made = root_.make_directories(spec.run_dir, 0700); !made) return made;
  if (!spec.output_path.empty())
    if (Status made = root_.make_directories(directory_of(spec.output_path), 0755); !made)
      return made;

  std::vector<std::string> words = {"run",
                                    "--run-dir",
                                    spec.run_dir,
                                    "--report-fd",
                                    "3",
                                    "--executable",
                                    spec.executable,
                                    "--argv-hash",
                                    spec.argv_hash.text(),
                                    "--output",
                                    spec.output_path,
                                    "--ready-qmp",
                                    spec.ready_qmp,
                                    "--ready-timeout-ms",
                                    std::to_string(timeout.value),
                                    "--"};
  words.insert(words.end(), spec.argv.begin(), spec.argv.end());
  Result<std::string> report =
      run_shim(std::move(words), spec.env, {timeout.value + kShimOverheadMs}, &cancel);
  if (report) return {};
  // Busy: what runs there meanwhile is not ours to end.
  if (report.error().kind != ErrorKind::Busy) put_down(spec.run_dir, spec.argv_hash);
  return fail(std::move(report.error()));
}

void PosixMachines::put_down(std::string_view run_dir, const Digest& argv_hash) {
  constexpr std::int64_t kGraceMs = 2000;
  Result<Living> left = find_living(run_dir);
  // A shim that reported nothing has left a start behind; one that lives is still at work on
  // somebody's start.
  if (!left || left->has_shim || left->record.argv_hash != argv_hash.text()) return;
  for (int number : {SIGTERM, SIGKILL}) {
    os::signal_pidfd(left->pidfd.get(), number);
    if (wait_for(left->pidfd.get(), {os::monotonic_now().value + kGraceMs}, -1) == Waited::Ended)
      return;
  }
}

Status PosixMachines::adopt(std::string_view run_dir) {
  std::vector<std::string> words = {
      "adopt", "--run-dir",          std::string(run_dir),    "--report-fd",
      "3",     "--ready-timeout-ms", std::to_string(kAdoptMs)};
  Result<std::string> report =
      run_shim(std::move(words), {}, {kAdoptMs + kShimOverheadMs}, nullptr);
  if (!report) return fail(std::move(report.error()));
  return {};
}

Status PosixMachines::announce(const Living& machine, const std::string& requested,
                               const std::string& control_line) const {
  if (machine.has_shim) {
    Result<std::string> answer = ask_shim(machine.directory, control_line, {kControlMs});
    if (answer) return {};
    // A shim that just died: its place is taken below. Everything else is an error.
    if (!is_nobody(answer.error())) return fail(answer.error());
  }
  Result<os::UniqueFd> lock = machine.directory.lock(kShimLock, Millis{0});
  if (!lock) return fail(lock.error());
  RunRecord record = machine.record;
  record.requested = requested;
  return machine.directory.write_record(record);
}

Status PosixMachines::request(std::string_view run_dir, std::string_view qmp_command,
                              Millis timeout) {
  if (qmp_command != "system_powerdown" && qmp_command != "quit")
    return fail(ErrorKind::Refused, fmt::format("`{}` cannot be requested", qmp_command));
  Result<Living> machine = find_living(run_dir);
  if (!machine) return fail(machine.error());
  Status asked = ask(*machine, qmp_command, timeout);
  if (asked || !is_nobody(asked.error())) return asked;
  // Nobody listens. That says nothing about the machine, so it is looked at again: it may have
  // ended meanwhile, or only its shim, which is not needed then.
  const bool had_shim = machine->has_shim;
  machine = find_living(run_dir);
  if (!machine) return fail(machine.error());
  if (had_shim && !machine->has_shim) {
    asked = ask(*machine, qmp_command, timeout);
    if (asked || !is_nobody(asked.error())) return asked;
  }
  Error error = std::move(asked).error();
  error.kind = ErrorKind::Busy;
  return fail(std::move(error).with(
      fmt::format("the machine in `{}` runs (PID {}), and {} of it "
                  "does not answer",
                  run_dir, machine->record.pid, machine->has_shim ? "the shim" : "the monitor")));
}

Status PosixMachines::ask(const Living& machine, std::string_view qmp_command,
                          Millis timeout) const {
  if (machine.has_shim) {
    Result<std::string> answer =
        ask_shim(machine.directory, fmt::format("request {}", qmp_command), timeout);
    if (!answer) return fail(answer.error());
    return {};
  }
  if (Status announced = announce(machine, std::string(qmp_command), ""); !announced)
    return announced;
  Result<MutationPermit> permit =
      MutationPermit::for_command(qmp_command, "stop requested through vm::Machines");
  if (!permit) return fail(permit.error());
  Result<std::unique_ptr<QmpClient>> monitor =
      QmpClient::connect_at(machine.directory.fd(), kShimMonitor,
                            machine.directory.shown(kShimMonitor), nullptr, timeout);
  if (!monitor) return fail(monitor.error());
  Result<Json> done = (*monitor)->execute(*permit, Json(), timeout);
  if (!done) return fail(done.error());
  return {};
}

Result<bool> PosixMachines::wait_stopped(std::string_view run_dir, Millis timeout,
                                         const os::Cancel& cancel) {
  Result<Living> machine = find_living(run_dir);
  if (machine) {
    const Millis deadline{os::monotonic_now().value + timeout.value};
    switch (wait_for(machine->pidfd.get(), deadline, cancel.wake_fd())) {
      case Waited::Deadline:
        return false;
      case Waited::Woken:
        return fail(ErrorKind::Interrupted, "the wait for the end of the machine was interrupted");
      case Waited::Ended:
        break;
    }
  } else if (machine.error().kind != ErrorKind::NotFound) {
    return fail(machine.error());
  }
  // Its shim still cleans up and lets go of the locks.
  Result<RunDirectory> directory = RunDirectory::open(root_, run_dir);
  Result<std::optional<RunRecord>> record =
      directory ? directory->read_record() : std::optional<RunRecord>();
  if (!record || !*record) return true;
  Result<os::UniqueFd> shim =
      processes_.open({(*record)->shim_pid, (*record)->shim_start_ticks, (*record)->boot_id});
  if (shim) wait_for(shim->get(), {os::monotonic_now().value + kRecordMs}, -1);
  return true;
}

Status PosixMachines::signal(std::string_view run_dir, int signal_number) {
  Result<Living> machine = find_living(run_dir);
  if (!machine) return fail(machine.error());
  // A shim that hangs or a full disk must not keep a machine running: its end then looks like one
  // that nobody asked for.
  if (ends_process(signal_number))
    static_cast<void>(announce(*machine, fmt::format("signal-{}", signal_number),
                               fmt::format("expect-signal {}", signal_number)));
  if (os::signal_pidfd(machine->pidfd.get(), signal_number) == 0) return {};
  if (errno == ESRCH) return fail(no_machine(run_dir));
  return fail(os::system_error(fmt::format("cannot signal the machine in `{}`", run_dir), errno));
}

bool PosixMachines::end_shim(const RunDirectory& directory) const {
  Result<std::optional<RunRecord>> found = directory.read_record();
  if (!found || !*found) return false;
  Result<os::UniqueFd> shim =
      processes_.open({(*found)->shim_pid, (*found)->shim_start_ticks, (*found)->boot_id});
  if (!shim || os::signal_pidfd(shim->get(), SIGKILL) != 0) return false;
  return wait_for(shim->get(), {os::monotonic_now().value + kRecordMs}, -1) == Waited::Ended;
}

Status PosixMachines::clean(std::string_view run_dir) {
  Result<RunDirectory> directory = RunDirectory::open(root_, run_dir);
  if (!directory) {
    if (directory.error().kind == ErrorKind::NotFound) return {};
    return fail(directory.error());
  }
  if (Result<Living> living = find_living(run_dir))
    return fail(ErrorKind::Busy,
                fmt::format("a machine runs in `{}` (PID {})", run_dir, living->record.pid));
  Result<os::UniqueFd> machine_lock = directory->lock(kMachineLock, {kRecordMs});
  if (!machine_lock && end_shim(*directory))
    machine_lock = directory->lock(kMachineLock, {kRecordMs});
  if (!machine_lock)
    return fail(Error(machine_lock.error()).with(fmt::format("a machine runs in `{}`", run_dir)));
  Result<os::UniqueFd> shim_lock = directory->lock(kShimLock, {kRecordMs});
  if (!shim_lock) return fail(shim_lock.error());
  directory->remove_sockets();
  directory->remove(kRunRecord);
  // The locks go last, while they are held; whoever waits for one notices that the name leads
  // elsewhere.
  directory->remove(kShimLock);
  directory->remove(kMachineLock);
  return {};
}

}  // namespace vmplan::vm
