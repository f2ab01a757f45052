// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/signals.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "runtime/os/posix_clock.h"
#include "tests/support/fake_clock.h"

namespace vmplan::os {
namespace {

bool readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

}  // namespace

TEST_CASE("one interrupt drains, two kill, and only then waiters wake", "[os]") {
  Cancel cancel;
  CHECK(cancel.level() == Cancel::Level::None);
  cancel.interrupt();
  CHECK(cancel.level() == Cancel::Level::Drain);
  CHECK_FALSE(readable(cancel.wake_fd()));
  cancel.interrupt();
  CHECK(cancel.level() == Cancel::Level::Kill);
  CHECK(readable(cancel.wake_fd()));
  cancel.interrupt();
  CHECK(cancel.level() == Cancel::Level::Kill);
}

TEST_CASE("SIGINT and SIGTERM raise the cancel, and the last one is remembered", "[os]") {
  Cancel cancel;
  SignalScope scope(cancel);
  CHECK(SignalScope::received() == 0);
  ::raise(SIGINT);
  CHECK(cancel.level() == Cancel::Level::Drain);
  CHECK(SignalScope::received() == SIGINT);
  ::raise(SIGTERM);
  CHECK(cancel.level() == Cancel::Level::Kill);
  CHECK(SignalScope::received() == SIGTERM);
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  ::close(pipe[0]);
  CHECK(::write(pipe[1], "x", 1) == -1);  // EPIPE, and not the end of the process
  ::close(pipe[1]);
}

TEST_CASE("times are written in UTC, whatever the time zone is", "[os]") {
  CHECK(utc_text(0) == "1970-01-01T00:00:00Z");
  CHECK(utc_text(1'795'255'200) == "2026-11-21T10:00:00Z");
  test::FakeClock fake;
  fake.sleep({61'000});
  CHECK(fake.utc_now() == "2026-11-21T10:01:01Z");
  CHECK(fake.slept() == Millis{61'000});
  PosixClock clock;
  const Millis before = clock.monotonic();
  clock.sleep({20});
  CHECK(clock.monotonic().value - before.value >= 20);
}

}  // namespace vmplan::os
