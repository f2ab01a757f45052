// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/qemu_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/os/pipe.h"
#include "runtime/os/spawn.h"
#include "runtime/os/system_error.h"
#include "runtime/vm/run_directory.h"

namespace vmplan::shim {
namespace {

constexpr int kLockTarget = vm::kInheritedLock;
/// Above every descriptor number that the child gives a meaning to.
constexpr int kFirstFreeFd = 16;

/// The child, up to exec. Only async-signal-safe calls.
[[noreturn]] void become_qemu(const QemuSpec& spec, char* const* argv, int gate, int status,
                              int null) {
  constexpr int kNeverStarted = 127;
  char go = 0;
  if (os::retry_eintr([&] { return ::read(gate, &go, 1); }) != 1) ::_exit(kNeverStarted);
  // A session of its own: in the shim's, the kernel would hang up on a stopped QEMU when the shim
  // dies (setpgid(2): orphaned process groups).
  ::setsid();
  os::reset_signals();
  const bool placed = ::dup2(spec.lock_fd, kLockTarget) >= 0 && ::dup2(null, STDIN_FILENO) >= 0 &&
                      ::dup2(spec.output_fd, STDOUT_FILENO) >= 0 &&
                      ::dup2(spec.output_fd, STDERR_FILENO) >= 0;
  if (placed) {
    ::close_range(kLockTarget + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(spec.executable.c_str(), argv, environ);
  }
  const int error = errno;
  [[maybe_unused]] ssize_t written = ::write(status, &error, sizeof error);
  ::_exit(kNeverStarted);
}

}  // namespace

Result<GatedChild> GatedChild::fork_child(const QemuSpec& spec) {
  Result<os::Pipe> gate = os::make_pipe(kFirstFreeFd);
  if (!gate) return fail(gate.error());
  Result<os::Pipe> status = os::make_pipe(kFirstFreeFd);
  if (!status) return fail(status.error());
  os::UniqueFd low_null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  os::UniqueFd null(::fcntl(low_null.get(), F_DUPFD_CLOEXEC, kFirstFreeFd));
  os::UniqueFd lock(::fcntl(spec.lock_fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
  os::UniqueFd output(::fcntl(spec.output_fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
  if (!null || !lock || !output)
    return fail(os::system_error("cannot prepare the descriptors of QEMU", errno));

  QemuSpec safe = spec;
  safe.lock_fd = lock.get();
  safe.output_fd = output.get();
  const std::vector<char*> argv = os::pointers(safe.argv);
  const pid_t pid = ::fork();
  if (pid < 0) return fail(os::system_error("cannot start a process", errno));
  if (pid == 0) {
    gate->write.reset();  // else the gate would never report that the shim is gone
    become_qemu(safe, argv.data(), gate->read.get(), status->write.get(), null.get());
  }
  GatedChild child(pid, std::move(gate->write), std::move(status->read));
  child.executable_ = spec.executable;
  return child;
}

Status GatedChild::open_gate() {
  const char go = 1;
  ssize_t written = os::retry_eintr([&] { return ::write(gate_.get(), &go, 1); });
  gate_.reset();
  int error = 0;
  ssize_t got = os::retry_eintr([&] { return ::read(status_.get(), &error, sizeof error); });
  status_.reset();
  if (written == 1 && got == 0) return {};  // closed by exec
  os::reap(pid_);
  if (written != 1 || got != sizeof error)
    return fail(ErrorKind::Io, fmt::format("`{}` was killed before it could start", executable_));
  return fail(os::system_error(fmt::format("cannot run `{}`", executable_), error));
}

}  // namespace vmplan::shim
