// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/start.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "runtime/os/posix_clock.h"
#include "runtime/os/process_identity.h"
#include "runtime/os/spawn.h"
#include "runtime/os/system_error.h"
#include "runtime/shim/qemu_process.h"

namespace vmplan::shim {
namespace {

/// For a predecessor that has just ended its work and is about to let go.
constexpr Millis kLockPatience{2000};

os::ProcessIdentity qemu_of(const vm::RunRecord& record) {
  return {record.pid, record.start_ticks, record.boot_id};
}

void sign(vm::RunRecord& record) {
  const std::optional<os::ProcessIdentity> self = os::ProcessTable().identify(::getpid());
  record.shim_pid = ::getpid();
  record.shim_start_ticks = self ? self->start_ticks : 0;
}

/// The lock that QEMU inherits. A machine that lives is refused at once, with its PID.
Result<os::UniqueFd> lock_machine(const vm::RunDirectory& directory, const std::string& run_dir) {
  Result<std::optional<vm::RunRecord>> old = directory.read_record();
  const bool lives = old && *old && (*old)->state != vm::RunState::Exited &&
                     os::ProcessTable().alive(qemu_of(**old));
  Result<os::UniqueFd> lock = directory.lock(vm::kMachineLock, lives ? Millis{0} : kLockPatience);
  if (lock || lock.error().kind != ErrorKind::Busy) return lock;
  if (lives)
    return fail(ErrorKind::Busy,
                fmt::format("a machine already runs in `{}` (PID {})", run_dir, (*old)->pid));
  return fail(Error(lock.error()).with("another start is under way, or its QEMU still runs"));
}

Result<os::UniqueFd> open_output(const os::LabRoot& root, const std::string& path) {
  if (!path.empty()) return root.open_file(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
  os::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail(os::system_error("cannot open `/dev/null`", errno));
  return null;
}

vm::RunRecord first_record(const Options& options) {
  vm::RunRecord record;
  record.boot_id = vm::as_word(os::ProcessTable().boot_id());
  record.argv_hash = options.argv_hash;
  record.started_at = os::PosixClock().utc_now();
  sign(record);
  return record;
}

bool mentions_monitor(const Options& options) {
  return options.ready_qmp == options.run_dir + "/" + vm::kShimMonitor ||
         std::ranges::any_of(options.argv, [](const std::string& word) {
           return word.find(vm::kShimMonitor) != std::string::npos;
         });
}

/// The same for a QEMU that somebody else started: what it listens on already, and what its command
/// line says, as one that is just starting has no sockets yet.
bool has_monitor(const vm::RunDirectory& directory, std::int64_t pid) {
  constexpr std::size_t kMaxCommandLine = std::size_t{4} << 20U;
  struct ::stat info {};
  if (::fstatat(directory.fd(), vm::kShimMonitor, &info, AT_SYMLINK_NOFOLLOW) == 0) return true;
  os::UniqueFd fd(::open(fmt::format("/proc/{}/cmdline", pid).c_str(), O_RDONLY | O_CLOEXEC));
  std::string words;
  std::array<char, 16384> buffer{};
  while (fd && words.size() < kMaxCommandLine) {
    ssize_t count = os::retry_eintr([&] { return ::read(fd.get(), buffer.data(), buffer.size()); });
    if (count <= 0) break;
    words.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return words.find(vm::kShimMonitor) != std::string::npos;
}

/// Forks QEMU, records it, lets it go.
Status start_qemu(Machine& machine, const Options& options) {
  Result<GatedChild> child = GatedChild::fork_child({.executable = options.executable,
                                                     .argv = options.argv,
                                                     .output_fd = machine.output.get(),
                                                     .lock_fd = machine.machine_lock.get()});
  if (!child) return fail(child.error());
  // Behind its gate it cannot have ended. Without these two it could be neither watched nor found
  // again, so it must not be let go.
  machine.pidfd = os::open_pidfd(child->pid());
  if (!machine.pidfd) return fail(os::system_error("cannot watch the process of QEMU", errno));
  const std::optional<os::ProcessIdentity> identity = os::ProcessTable().identify(child->pid());
  if (!identity) return fail(ErrorKind::Io, "the kernel does not say when QEMU was started");
  machine.record.pid = child->pid();
  machine.record.start_ticks = identity->start_ticks;
  if (Status written = machine.directory.write_record(machine.record); !written) return written;
  return child->open_gate();
}

}  // namespace

Result<Machine> start_machine(const os::LabRoot& root, const Options& options) {
  Result<vm::RunDirectory> directory = vm::RunDirectory::open(root, options.run_dir);
  if (!directory) return fail(directory.error());
  Result<os::UniqueFd> machine_lock = lock_machine(*directory, options.run_dir);
  if (!machine_lock) return fail(machine_lock.error());
  Result<os::UniqueFd> shim_lock = directory->lock(vm::kShimLock, kLockPatience);
  if (!shim_lock) return fail(shim_lock.error());
  // From here on nobody else starts, watches or listens here: what lies around is stale.
  directory->remove_sockets();

  Result<os::UniqueFd> output = open_output(root, options.output);
  if (!output) return fail(output.error());
  vm::RunRecord record = first_record(options);
  if (Status written = directory->write_record(record); !written) return fail(written.error());
  Result<Control> control =
      Control::open(directory->fd(), vm::kControlSocket, directory->shown(vm::kControlSocket));
  if (!control) return fail(control.error());

  Machine machine{
      std::move(*directory), std::move(record),   os::UniqueFd(), std::move(*machine_lock),
      std::move(*shim_lock), std::move(*control), true,           mentions_monitor(options),
      std::move(*output)};
  machine.output_start = std::max<off_t>(::lseek(machine.output.get(), 0, SEEK_END), 0);
  if (Status started = start_qemu(machine, options); !started) {
    machine.directory.remove_sockets();
    machine.directory.remove(vm::kRunRecord);
    return fail(started.error());
  }
  return machine;
}

Result<Machine> adopt_machine(const os::LabRoot& root, const Options& options) {
  Result<vm::RunDirectory> directory = vm::RunDirectory::open(root, options.run_dir);
  if (!directory) return fail(directory.error());
  Result<os::UniqueFd> shim_lock = directory->lock(vm::kShimLock, Millis{0});
  if (!shim_lock) return fail(Error(shim_lock.error()).with("the machine has a shim"));
  Result<std::optional<vm::RunRecord>> found = directory->read_record();
  if (!found) return fail(found.error());
  if (!*found || (*found)->state == vm::RunState::Exited)
    return fail(ErrorKind::NotFound, fmt::format("no machine runs in `{}`", options.run_dir));
  vm::RunRecord record = std::move(**found);
  Result<os::UniqueFd> pidfd = os::ProcessTable().open(qemu_of(record));
  if (!pidfd) return fail(pidfd.error());
  if (!directory->may_hold_lock(record.pid))
    return fail(ErrorKind::NotFound, fmt::format("no machine runs in `{}`", options.run_dir));

  sign(record);
  if (Status written = directory->write_record(record); !written) return fail(written.error());
  directory->remove(vm::kControlSocket);  // of the dead shim: we hold its lock
  Result<Control> control =
      Control::open(directory->fd(), vm::kControlSocket, directory->shown(vm::kControlSocket));
  if (!control) return fail(control.error());
  const bool monitored = has_monitor(*directory, record.pid);
  return Machine{std::move(*directory),
                 std::move(record),
                 std::move(*pidfd),
                 os::UniqueFd(),
                 std::move(*shim_lock),
                 std::move(*control),
                 false,
                 monitored,
                 os::UniqueFd()};
}

}  // namespace vmplan::shim
