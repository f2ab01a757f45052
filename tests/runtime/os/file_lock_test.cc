// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/file_lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/support/fake_clock.h"
#include "tests/support/scratch.h"

namespace vmplan::os {

TEST_CASE("a lock has one owner, whose name others can read", "[os]") {
  test::Scratch scratch("lock");
  const LabRoot root = std::move(*LabRoot::open(scratch.path()));
  test::FakeClock clock;
  {
    Result<FileLock> first = FileLock::acquire(root, "lock", "apply", clock);
    REQUIRE(first);
    const LockOwner owner = decode_lock_owner(scratch.read("lock")).value();
    CHECK(owner.command == "apply");
    CHECK(owner.process.pid == ::getpid());
    CHECK(owner.since == "2026-11-21T10:00:00Z");

    const Error busy = FileLock::acquire(root, "lock", "destroy", clock).error();
    CHECK(busy.kind == ErrorKind::Busy);
    CHECK(busy.message.find("apply (PID " + std::to_string(::getpid())) != std::string::npos);
  }
  CHECK(scratch.read("lock").empty());
  CHECK(FileLock::acquire(root, "lock", "destroy", clock));
}

TEST_CASE("the lock of an owner that was killed is free by itself", "[os]") {
  test::Scratch scratch("lock");
  const LabRoot root = std::move(*LabRoot::open(scratch.path()));
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    test::FakeClock clock;
    Result<FileLock> lock = FileLock::acquire(root, "lock", "apply", clock);
    [[maybe_unused]] ssize_t written = ::write(pipe[1], lock ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char held = 0;
  REQUIRE(::read(pipe[0], &held, 1) == 1);
  CHECK(held == 'y');
  test::FakeClock clock;
  const Error busy = FileLock::acquire(root, "lock", "x", clock).error();
  CHECK(busy.kind == ErrorKind::Busy);
  CHECK(busy.message.find(fmt::format("(PID {}", child)) != std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  CHECK(FileLock::acquire(root, "lock", "x", clock));
}

TEST_CASE("an owner record is canonical and anything else is nobody", "[os]") {
  LockOwner owner{"ann", "host", {12, 34, "boot"}, "2026-11-21T10:00:00Z", "apply"};
  const std::string line = encode(owner);
  CHECK(line ==
        "{\"boot_id\":\"boot\",\"command\":\"apply\",\"host\":\"host\",\"pid\":12,\"since\":\"2026-"
        "11-21T10:00:00Z\","
        "\"start_ticks\":34,\"user\":\"ann\"}\n");
  CHECK(decode_lock_owner(line)->process == owner.process);
  for (const char* text : {"", "\n", "{}\n", "[]\n", "garbage\n", "{\"pid\":1}"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_lock_owner(text));
  }
}

TEST_CASE("a lock file is not written through a symbolic link", "[os]") {
  test::Scratch scratch("lock");
  scratch.write("victim", "keep");
  scratch.make_symlink("lock", "victim");
  const LabRoot root = std::move(*LabRoot::open(scratch.path()));
  test::FakeClock clock;
  CHECK(FileLock::acquire(root, "lock", "x", clock).error().kind == ErrorKind::Denied);
  CHECK(scratch.read("victim") == "keep");
}

}  // namespace vmplan::os
