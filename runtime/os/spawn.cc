// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "runtime/os/pipe.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

/// Numbers below this are targets in the child; sources are moved above it, so that no dup2 eats a
/// later source.
constexpr int kFirstSourceFd = 64;

/// Everything the child needs between fork and exec, made before: it may not allocate any more.
struct Image {
  const char* executable;
  char* const* argv;
  char* const* env;
  /// -1: as the parent's.
  int cwd_fd;
  const std::vector<UniqueFd>& sources;
  /// Where the child writes errno when it cannot become the program; closed by exec.
  int status_fd;
  /// The parent's PID when the child ends with it, 0 when it goes on alone.
  pid_t bound_to;
};

/// False: the parent ended before the kernel was told to tell.
bool bind_to(pid_t parent) {
  return parent == 0 || (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent);
}

/// The child. Only async-signal-safe calls.
[[noreturn]] void become(const Image& image) {
  constexpr int kNeverStarted = 127;
  if (!bind_to(image.bound_to)) ::_exit(kNeverStarted);
  // In its own group before a signal can reach it: Ctrl-C goes to the group of the terminal.
  ::setpgid(0, 0);
  reset_signals();
  bool placed = image.cwd_fd < 0 || ::fchdir(image.cwd_fd) == 0;
  for (std::size_t target = 0; target < image.sources.size(); ++target)
    placed = placed && ::dup2(image.sources[target].get(), static_cast<int>(target)) >= 0;
  if (placed) {
    // Everything of ours is close-on-exec already; this catches what a library or the caller's
    // parent left open.
    ::close_range(static_cast<unsigned>(image.sources.size()), ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(image.executable, image.argv, image.env);
  }
  const int error = errno;
  [[maybe_unused]] ssize_t written = ::write(image.status_fd, &error, sizeof error);
  ::_exit(kNeverStarted);
}

/// fork, with every signal held back: none of the parent's handlers runs in the child.
pid_t fork_quietly(const Image& image) {
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  ::pthread_sigmask(SIG_SETMASK, &every, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(image);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

}  // namespace

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::vector<std::string> environment_block(const std::map<std::string, std::string>& env) {
  std::vector<std::string> block;
  block.reserve(env.size());
  for (const auto& [name, value] : env) block.push_back(name + "=" + value);
  return block;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

Result<Child> spawn(const SpawnSpec& spec) {
  std::vector<UniqueFd> sources;
  for (int fd : spec.fds) {
    Result<UniqueFd> source = duplicate(fd, kFirstSourceFd);
    if (!source) return fail(source.error());
    sources.push_back(std::move(*source));
  }
  Result<Pipe> status = make_pipe(kFirstSourceFd);
  if (!status) return fail(status.error());

  std::vector<std::string> argv = spec.argv;
  std::vector<std::string> env = environment_block(spec.env);
  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> env_pointers = pointers(env);
  Child child;
  child.pid = fork_quietly({.executable = spec.executable.c_str(),
                            .argv = argv_pointers.data(),
                            .env = env_pointers.data(),
                            .cwd_fd = spec.cwd_fd,
                            .sources = sources,
                            .status_fd = status->write.get(),
                            .bound_to = spec.dies_with_caller ? ::getpid() : 0});
  if (child.pid < 0) return fail(system_error("cannot start a process", errno));
  status->write.reset();
  int error = 0;
  if (retry_eintr([&] { return ::read(status->read.get(), &error, sizeof error); }) ==
      sizeof error) {
    reap(child.pid);
    return fail(system_error(fmt::format("cannot run `{}`", spec.executable), error));
  }
  child.pidfd = open_pidfd(child.pid);
  if (!child.pidfd) {
    error = errno;
    ::kill(-child.pid, SIGKILL);
    reap(child.pid);
    return fail(system_error(fmt::format("cannot watch `{}`", spec.executable), error));
  }
  return child;
}

ChildExit reap(pid_t pid) {
  int status = 0;
  if (retry_eintr([&] { return ::waitpid(pid, &status, 0); }) < 0)
    return ChildExit{.code = 255, .signal = 0};
  if (WIFSIGNALED(status)) return ChildExit{.code = 0, .signal = WTERMSIG(status)};
  return ChildExit{.code = WEXITSTATUS(status), .signal = 0};
}

UniqueFd open_pidfd(pid_t pid) {
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

int signal_pidfd(int pidfd, int signal_number) {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, signal_number, nullptr, 0));
}

}  // namespace vmplan::os
