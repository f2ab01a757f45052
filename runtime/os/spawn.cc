// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <csignal>

#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

/// Numbers below this are targets in the child; sources are moved above it, so that no dup2 eats a
/// later source.
constexpr int kFirstSourceFd = 64;

/// The C structures of posix_spawn, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t* actions() { return &actions_; }
  posix_spawnattr_t* attributes() { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

void set_attributes(posix_spawnattr_t* attributes) {
  sigset_t every;
  sigset_t none;
  sigfillset(&every);
  sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(attributes, &every);
  ::posix_spawnattr_setsigmask(attributes, &none);
  ::posix_spawnattr_setpgroup(attributes, 0);
  ::posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
}

}  // namespace

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
  SpawnPlan plan;
  set_attributes(plan.attributes());
  std::vector<UniqueFd> sources;
  if (spec.cwd_fd >= 0) {
    sources.emplace_back(::fcntl(spec.cwd_fd, F_DUPFD_CLOEXEC, kFirstSourceFd));
    if (!sources.back()) return fail(system_error("cannot duplicate a descriptor", errno));
    ::posix_spawn_file_actions_addfchdir_np(plan.actions(), sources.back().get());
  }
  for (std::size_t target = 0; target < spec.fds.size(); ++target) {
    sources.emplace_back(::fcntl(spec.fds[target], F_DUPFD_CLOEXEC, kFirstSourceFd));
    if (!sources.back()) return fail(system_error("cannot duplicate a descriptor", errno));
    ::posix_spawn_file_actions_adddup2(plan.actions(), sources.back().get(),
                                       static_cast<int>(target));
  }
  // Everything of ours is close-on-exec already; this catches what a library or the caller's parent
  // left open.
  ::posix_spawn_file_actions_addclosefrom_np(plan.actions(), static_cast<int>(spec.fds.size()));

  std::vector<std::string> argv = spec.argv;
  std::vector<std::string> env = environment_block(spec.env);
  Child child;
  int code = ::posix_spawn(&child.pid, spec.executable.c_str(), plan.actions(), plan.attributes(),
                           pointers(argv).data(), pointers(env).data());
  if (code != 0) return fail(system_error(fmt::format("cannot run `{}`", spec.executable), code));
  child.pidfd = open_pidfd(child.pid);
  if (!child.pidfd) {
    const int error = errno;
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
