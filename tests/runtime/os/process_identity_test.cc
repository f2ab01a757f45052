// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/process_identity.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "runtime/os/posix_clock.h"
#include "tests/support/scratch.h"

namespace vmplan::os {
namespace {

std::string stat_text(const std::string& name, char state, const std::string& ticks,
                      int threads = 1, unsigned flags = 0) {
  return "42 (" + name + ") " + state + " 1 2 3 4 5 " + std::to_string(flags) +
         " 7 8 9 10 11 12 13 14 15 16 " + std::to_string(threads) + " 18 " + ticks + " 20 21\n";
}

std::optional<std::int64_t> ticks_of(const std::string& stat) {
  const std::optional<ProcessStat> parsed = parse_process_stat(stat);
  return parsed ? std::optional(parsed->start_ticks) : std::nullopt;
}

}  // namespace

TEST_CASE("start ticks are found behind any program name", "[os]") {
  for (const char* name : {"qemu", "a b", "a) R 1 2 3", ")))", "", "(x"}) {
    CAPTURE(name);
    CHECK(ticks_of(stat_text(name, 'S', "987654")) == 987654);
  }
  CHECK_FALSE(ticks_of(stat_text("qemu", 'Z', "5")));
  CHECK(ticks_of(stat_text("qemu", 'Z', "5", 2)) == 5);
  CHECK_FALSE(ticks_of(stat_text("qemu", 'X', "5", 2)));
  for (const char* text : {"", "42", "42 (x)", "42 (x) ", "42 (x) S 1 2 3", "42 (x) S"}) {
    CAPTURE(text);
    CHECK_FALSE(ticks_of(text));
  }
  CHECK_FALSE(ticks_of(stat_text("x", 'S', "-1")));
  CHECK_FALSE(ticks_of(stat_text("x", 'S', "abc")));
}

TEST_CASE("a process whose first thread has ended or is about to is ending", "[os]") {
  constexpr unsigned kExiting = 0x4;
  constexpr unsigned kOthers = 0x400140;
  CHECK_FALSE(parse_process_stat(stat_text("qemu", 'S', "5", 9, kOthers))->ending);
  CHECK(parse_process_stat(stat_text("qemu", 'D', "5", 9, kOthers | kExiting))->ending);
  CHECK(parse_process_stat(stat_text("qemu", 'Z', "5", 9, kOthers))->ending);
  CHECK_FALSE(ProcessTable().ending(ProcessTable().identify(::getpid()).value()));
}

TEST_CASE("this process is alive and is itself", "[os]") {
  ProcessTable table;
  const ProcessIdentity self = table.identify(::getpid()).value();
  CHECK(self.boot_id.size() == 36);
  CHECK(table.alive(self));
  CHECK(table.open(self));
}

TEST_CASE("a PID that was used again is not the process that was meant", "[os]") {
  ProcessTable table;
  ProcessIdentity other = table.identify(::getpid()).value();
  other.start_ticks += 1;
  CHECK_FALSE(table.alive(other));
  CHECK(table.open(other).error().kind == ErrorKind::NotFound);
  ProcessIdentity other_boot = table.identify(::getpid()).value();
  other_boot.boot_id = "00000000-0000-0000-0000-000000000000";
  CHECK_FALSE(table.alive(other_boot));
  CHECK(table.open(other_boot).error().kind == ErrorKind::NotFound);
  CHECK(table.open({0, 0, ""}).error().kind == ErrorKind::NotFound);
}

TEST_CASE("a zombie counts as dead", "[os]") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK_FALSE(ProcessTable().identify(child));
  REQUIRE(::waitpid(child, nullptr, 0) == child);
}

TEST_CASE("a process lives until its last thread has ended, though its first is a zombie", "[os]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  UniqueFd ours(ends[1]);
  UniqueFd theirs(ends[0]);
  const pid_t child = ::fork();
  if (child == 0) {
    ours.reset();
    std::thread([fd = theirs.get()] {
      char byte = 0;
      (void)!::read(fd, &byte, 1);
      ::_exit(0);
    }).detach();
    ::syscall(SYS_exit, 0);  // this thread alone
  }
  const ProcessTable table;
  const ProcessIdentity identity = table.identify(child).value();
  auto first_thread_ended = [&] {
    std::ifstream in(fmt::format("/proc/{}/stat", child));
    const std::string text(std::istreambuf_iterator<char>(in), {});
    return text.find(") Z ") != std::string::npos;
  };
  for (int i = 0; i < 500 && !first_thread_ended(); ++i) PosixClock().sleep({10});
  REQUIRE(first_thread_ended());
  CHECK(table.alive(identity));
  CHECK(table.ending(identity));
  UniqueFd pidfd = std::move(*table.open(identity));
  pollfd polled{pidfd.get(), POLLIN, 0};
  CHECK(::poll(&polled, 1, 50) == 0);
  ours.reset();
  CHECK(::poll(&polled, 1, 5000) == 1);
  CHECK_FALSE(table.alive(identity));
  REQUIRE(::waitpid(child, nullptr, 0) == child);
}

TEST_CASE("another proc can stand in for the kernel's", "[os]") {
  test::Scratch scratch("proc");
  scratch.write("sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555\n");
  scratch.write("42/stat", stat_text("x) y", 'R', "100"));
  const ProcessTable table(scratch.path());
  CHECK(table.identify(42) == ProcessIdentity{42, 100, "11111111-2222-3333-4444-555555555555"});
  CHECK_FALSE(table.identify(43));
}

}  // namespace vmplan::os
