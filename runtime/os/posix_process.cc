// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/posix_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <limits>

#include "runtime/os/durable_file.h"
#include "runtime/os/pipe.h"
#include "runtime/os/posix_clock.h"
#include "runtime/os/spawn.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

constexpr std::size_t kMaxOutput = std::size_t{1} << 20U;
constexpr std::size_t kMaxErrorTail = 4096;
constexpr std::int64_t kGraceMs = 2000;
/// How long pipes are read after the end, when a grandchild outside the group still holds them
/// open.
constexpr std::int64_t kLingerMs = 200;

/// Standard input of the child. A memfd takes any size and needs nobody to feed it.
Result<UniqueFd> open_stdin(const std::string& bytes) {
  if (bytes.empty()) {
    UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null) return fail(system_error("cannot open `/dev/null`", errno));
    return null;
  }
  UniqueFd memory(::memfd_create("vmplan-stdin", MFD_CLOEXEC));
  if (!memory) return fail(system_error("cannot hold the standard input", errno));
  if (Status written = write_all(memory.get(), bytes, "standard input"); !written)
    return fail(written.error());
  ::lseek(memory.get(), 0, SEEK_SET);
  return memory;
}

/// One running child and the wait for its end.
class Run {
 public:
  Run(Child child, Pipe out, Pipe err, UniqueFd log)
      : child_(std::move(child)),
        out_(std::move(out)),
        err_(std::move(err)),
        log_(std::move(log)) {}

  ProcessExit wait(Millis timeout, const Cancel& cancel) {
    const std::int64_t start = monotonic_now().value;
    end_at_ = timeout.value > 0 ? start + timeout.value : kNever;
    while (!ended_ || (monotonic_now().value < linger_until_ && (out_.read || err_.read)))
      step(cancel);
    const ChildExit exit = reap(child_.pid);
    result_.code = exit.code;
    result_.signal = exit.signal;
    return std::move(result_);
  }

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

  void step(const Cancel& cancel) {
    enum { Process, Out, Err, Wake, Count };
    std::array<pollfd, Count> polled{};
    // A negative descriptor is skipped by poll().
    polled[Process] = {ended_ ? -1 : child_.pidfd.get(), POLLIN, 0};
    polled[Out] = {out_.read.get(), POLLIN, 0};
    polled[Err] = {err_.read.get(), POLLIN, 0};
    polled[Wake] = {ended_ || ending() ? -1 : cancel.wake_fd(), POLLIN, 0};
    ::poll(polled.data(), polled.size(), poll_timeout());

    if (polled[Out].revents != 0) drain(out_.read, result_.output, kMaxOutput, false);
    if (polled[Err].revents != 0) drain(err_.read, result_.error_tail, kMaxErrorTail, true);
    if (polled[Wake].revents != 0 || cancel.level() == Cancel::Level::Kill)
      begin_end(result_.cancelled);
    if (!ended_ && monotonic_now().value >= end_at_) begin_end(result_.timed_out);
    if (!ended_ && monotonic_now().value >= kill_at_) {
      ::kill(-child_.pid, SIGKILL);
      kill_at_ = monotonic_now().value + kGraceMs;  // again, for what the group started meanwhile
    }
    if (!ended_ && has_ended()) finish();
  }

  bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(child_.pid), &info, WEXITED | WNOHANG | WNOWAIT) ==
               0 &&
           info.si_pid != 0;
  }

  bool ending() const { return kill_at_ != kNever; }

  int poll_timeout() const {
    std::int64_t next = ended_ ? linger_until_ : std::min(end_at_, kill_at_);
    if (next == kNever) return -1;
    return static_cast<int>(std::clamp<std::int64_t>(next - monotonic_now().value, 0, 60'000));
  }

  /// First rung of the ladder; `flag` says why.
  void begin_end(bool& flag) {
    if (ended_ || ending()) return;
    flag = true;
    ::kill(-child_.pid, SIGTERM);
    end_at_ = kNever;
    kill_at_ = monotonic_now().value + kGraceMs;
  }

  /// The leader has ended. It is not reaped yet, so the number of its group is still ours to
  /// signal.
  void finish() {
    ended_ = true;
    ::kill(-child_.pid, SIGKILL);
    linger_until_ = monotonic_now().value + kLingerMs;
  }

  void drain(UniqueFd& pipe, std::string& kept, std::size_t limit, bool keep_tail) {
    std::array<char, 65536> buffer{};
    ssize_t count = retry_eintr([&] { return ::read(pipe.get(), buffer.data(), buffer.size()); });
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return pipe.reset();
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    // A full disk must not end the step; what matters is its exit code.
    if (log_) (void)write_all(log_.get(), bytes, "output");
    if (keep_tail) {
      kept.append(bytes);
      if (kept.size() > limit) kept.erase(0, kept.size() - limit);
    } else {
      kept.append(bytes.substr(0, limit - std::min(limit, kept.size())));
    }
  }

  Child child_;
  Pipe out_;
  Pipe err_;
  UniqueFd log_;
  ProcessExit result_;
  bool ended_ = false;
  std::int64_t end_at_ = kNever;
  std::int64_t kill_at_ = kNever;
  std::int64_t linger_until_ = 0;
};

}  // namespace

Result<ProcessExit> PosixProcessRunner::run(const ProcessSpec& spec, const Cancel& cancel) {
  if (spec.argv.empty()) return fail(ErrorKind::Refused, "an empty argv cannot be run");
  Result<UniqueFd> cwd = root_.open_file(spec.cwd, O_PATH | O_DIRECTORY);
  if (!cwd) return fail(cwd.error());
  Result<UniqueFd> input = open_stdin(spec.stdin_bytes);
  if (!input) return fail(input.error());
  UniqueFd log;
  if (!spec.output_path.empty()) {
    Result<UniqueFd> opened =
        root_.open_file(spec.output_path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
    if (!opened) return fail(opened.error());
    log = std::move(*opened);
  }
  Result<Pipe> out = make_pipe();
  if (!out) return fail(out.error());
  Result<Pipe> err = make_pipe();
  if (!err) return fail(err.error());
  for (const Pipe* pipe : {&*out, &*err}) ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);

  Result<Child> child = spawn({.executable = spec.executable,
                               .argv = spec.argv,
                               .env = spec.env,
                               .cwd_fd = cwd->get(),
                               .fds = {input->get(), out->write.get(), err->write.get()},
                               .dies_with_caller = true});
  if (!child) return fail(child.error());
  out->write.reset();
  err->write.reset();
  return Run(std::move(*child), std::move(*out), std::move(*err), std::move(log))
      .wait(spec.timeout, cancel);
}

}  // namespace vmplan::os
