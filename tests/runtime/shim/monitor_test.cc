// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/monitor.h"

#include <fcntl.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <functional>

#include "runtime/os/posix_clock.h"
#include "tests/support/qmp_server.h"
#include "tests/support/scratch.h"

namespace vmplan::shim {
namespace {

using test::QmpServer;

using Deliver = std::function<void(const QmpLine&)>;

/// Gives the monitor its turns until it has negotiated.
void get_ready(Monitor& monitor, const Deliver& deliver) {
  const Millis deadline{os::monotonic_now().value + 5000};
  while (!monitor.ready() && os::monotonic_now() < deadline) {
    monitor.tick(os::monotonic_now());
    monitor.read(deliver);
    os::PosixClock().sleep({1});
  }
  REQUIRE(monitor.ready());
}

}  // namespace

TEST_CASE("a monitor that streams events leaves its shim time for everything else",
          "[shim][threads]") {
  const test::Scratch scratch("monitor");
  os::UniqueFd directory(::open(scratch.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::atomic<bool> over{false};
  std::int64_t turns = 0;
  std::int64_t events = 0;
  {
    QmpServer server(scratch.path(), "qmp.sock", [&](QmpServer::Peer& peer) {
      peer.negotiate();
      const Millis end{os::monotonic_now().value + 4000};
      while (!over && os::monotonic_now() < end)
        peer.send("{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 1}}\r\n");
    });
    Monitor monitor(directory.get(), "qmp.sock", Monitor::Purpose::Converse);
    const Deliver count = [&](const QmpLine&) { ++events; };
    get_ready(monitor, count);
    const Millis start = os::monotonic_now();
    while (os::monotonic_now().value - start.value < 500) {
      monitor.read(count);
      ++turns;
    }
    over = true;
    // No turn has taken long.
    CHECK(os::monotonic_now().value - start.value < 2000);
  }
  CHECK(events > 0);
  CHECK(turns > 10);
}

TEST_CASE("what a monitor said last is read when QEMU has ended", "[shim][threads]") {
  const test::Scratch scratch("monitor");
  os::UniqueFd directory(::open(scratch.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Monitor monitor(directory.get(), "qmp.sock", Monitor::Purpose::Converse);
  bool shut_down = false;
  const Deliver watch = [&](const QmpLine& line) {
    if (std::holds_alternative<vm::Shutdown>(line)) shut_down = true;
  };
  {
    QmpServer server(scratch.path(), "qmp.sock", [&](QmpServer::Peer& peer) {
      peer.negotiate();
      for (int i = 0; i < 100; ++i)
        peer.send("{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 1}}\r\n");
      peer.send(
          "{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": "
          "\"guest-shutdown\"}}\r\n");
    });
    get_ready(monitor, watch);
  }
  monitor.drain(watch);
  CHECK(shut_down);
}

}  // namespace vmplan::shim
