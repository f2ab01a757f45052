// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/qmp_client.h"

#include <atomic>
#include <catch2/catch.hpp>

#include "runtime/os/posix_clock.h"
#include "tests/support/qmp_server.h"
#include "tests/support/scratch.h"

namespace vmplan::vm {
namespace {

using test::QmpServer;
using Peer = test::QmpServer::Peer;

struct Lab {
  Lab() : scratch("qmp"), root(*os::LabRoot::open(scratch.path())) {}
  Result<std::unique_ptr<QmpClient>> connect(QmpClient::OnEvent on_event = nullptr) const {
    return QmpClient::connect(root, "qmp.sock", std::move(on_event), {300});
  }
  test::Scratch scratch;
  os::LabRoot root;
};

void answer(Peer& peer, const std::string& value) {
  peer.send("{\"return\": " + value + ", \"id\": " + Peer::id_of(peer.read_line()) + "}\r\n");
}

}  // namespace

TEST_CASE("a client negotiates, asks and gets an answer", "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.negotiate();
    answer(peer, "{\"status\": \"running\"}");
  });
  std::unique_ptr<QmpClient> client = std::move(*lab.connect());
  CHECK(client->greeting().major == 7);
  CHECK(client->query("query-status", Json(), {1000})->string_or("status", "") == "running");
}

TEST_CASE("no greeting means that the monitor is busy", "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", nullptr);
  const os::PosixClock clock;
  const Millis start = clock.monotonic();
  const Error error = lab.connect().error();
  CHECK(error.kind == ErrorKind::Busy);
  CHECK(error.message.find("monitor busy") != std::string::npos);
  CHECK(clock.monotonic().value - start.value < 2000);
}

TEST_CASE("what is no monitor is not taken for one", "[vm][threads]") {
  Lab lab;
  CHECK(lab.connect().error().kind == ErrorKind::NotFound);
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.send("SSH-2.0-OpenSSH\r\n");
    peer.read_line();
  });
  CHECK(lab.connect().error().kind == ErrorKind::Corrupt);
}

TEST_CASE("a first message that is no greeting is refused", "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.send("{\"return\": {}}\r\n");
    peer.read_line();
  });
  CHECK(lab.connect().error().kind == ErrorKind::Corrupt);
}

TEST_CASE("a refused negotiation is an error with its class", "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.greet();
    peer.send("{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": " +
              Peer::id_of(peer.read_line()) + "}\r\n");
  });
  const Error error = lab.connect().error();
  CHECK(error.kind == ErrorKind::Failed);
  CHECK(error.text().find("GenericError") != std::string::npos);
}

TEST_CASE("the late answer to a request that timed out is not taken for the next one",
          "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.negotiate();
    const std::string first = Peer::id_of(peer.read_line());
    const std::string second = Peer::id_of(peer.read_line());
    peer.send("{\"return\": {\"name\": \"late\"}, \"id\": " + first + "}\r\n");
    peer.send("{\"return\": {\"name\": \"right\"}, \"id\": " + second + "}\r\n");
  });
  std::unique_ptr<QmpClient> client = std::move(*lab.connect());
  CHECK(client->query("query-name", Json(), {50}).error().kind == ErrorKind::Timeout);
  CHECK(client->query("query-name", Json(), {2000})->string_or("name", "") == "right");
}

TEST_CASE("a deadline holds while events stream in", "[vm][threads]") {
  Lab lab;
  std::atomic<bool> over{false};
  QmpServer server(lab.scratch.path(), "qmp.sock", [&](Peer& peer) {
    peer.negotiate();
    const Millis end{os::monotonic_now().value + 4000};
    while (!over && os::monotonic_now() < end)
      peer.send("{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 1}}\r\n");
  });
  std::unique_ptr<QmpClient> client = std::move(*lab.connect());
  const Millis start = os::monotonic_now();
  CHECK(client->query("query-name", Json(), {200}).error().kind == ErrorKind::Timeout);
  CHECK(client->listen({200}));
  CHECK(os::monotonic_now().value - start.value < 2000);
  over = true;
  client.reset();
}

TEST_CASE("events go to the callback, known or not, also before an answer", "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.negotiate();
    const std::string id = Peer::id_of(peer.read_line());
    peer.send("{\"event\": \"FUTURE_EVENT\", \"data\": {\"x\": 1}}\r\n{\"return\": {}, \"id\": " +
              id + "}\r\n{\"event\": \"STOP\"}\r\n");
    peer.read_line();
  });
  std::vector<std::string> events;
  {
    std::unique_ptr<QmpClient> client =
        std::move(*lab.connect([&](const QmpEvent& event) { events.push_back(event.name); }));
    REQUIRE(client->query("query-name", Json(), {2000}));
    REQUIRE(client->listen({50}));
  }
  CHECK(events == std::vector<std::string>{"FUTURE_EVENT", "STOP"});
}

TEST_CASE("a connection that is lost stays lost, and the socket stays where it is",
          "[vm][threads]") {
  Lab lab;
  QmpServer server(lab.scratch.path(), "qmp.sock", [](Peer& peer) {
    peer.negotiate();
    peer.read_line();
  });
  std::unique_ptr<QmpClient> client = std::move(*lab.connect());
  CHECK(client->query("query-name", Json(), {2000}).error().kind == ErrorKind::Io);
  CHECK(client->query("query-name", Json(), {2000}).error().message.find("closed") !=
        std::string::npos);
  CHECK(client->listen({10}).error().kind == ErrorKind::Io);
  client.reset();
  CHECK(lab.scratch.exists("qmp.sock"));
}

TEST_CASE("only reading commands are sent without a permit, and nothing unknown ever",
          "[vm][threads]") {
  Lab lab;
  std::vector<std::string> received;
  {
    QmpServer server(lab.scratch.path(), "qmp.sock", [&](Peer& peer) {
      peer.negotiate();
      for (std::string line = peer.read_line(); !line.empty(); line = peer.read_line()) {
        received.push_back(line);
        peer.send("{\"return\": {}, \"id\": " + Peer::id_of(line) + "}\r\n");
      }
    });
    std::unique_ptr<QmpClient> client = std::move(*lab.connect());
    for (const char* command :
         {"quit", "stop", "human-monitor-command", "migrate", "", "query-status\",\"x\":\""})
      CHECK(client->query(command, Json(), {1000}).error().kind == ErrorKind::Refused);
    CHECK(client->execute(*MutationPermit::for_command("quit", "a test"), Json(), {1000}));
  }
  REQUIRE(received.size() == 1);
  CHECK(received[0].find("\"execute\":\"quit\"") != std::string::npos);
}

TEST_CASE("commands are classified by exact name, and default to refused", "[vm]") {
  CHECK(classify_qmp("query-status") == QmpEffect::Reads);
  CHECK(classify_qmp("query-block") == QmpEffect::Reads);
  CHECK(classify_qmp("system_powerdown") == QmpEffect::Mutates);
  for (const char* command : {"",
                              "Query-Status",
                              "query-status ",
                              "query-",
                              "query-rx-filter",
                              "query-anything-new",
                              "human-monitor-command",
                              "qom-set",
                              "memsave",
                              "pmemsave",
                              "screendump",
                              "migrate",
                              "object-add",
                              "chardev-add",
                              "netdev_add",
                              "dump-guest-memory",
                              "getfd",
                              "ringbuf-read",
                              "qmp_capabilities",
                              "x-exit-preconfig"}) {
    CAPTURE(command);
    CHECK(classify_qmp(command) == QmpEffect::Unknown);
    CHECK(MutationPermit::for_command(command, "").error().kind == ErrorKind::Refused);
  }
  CHECK(MutationPermit::for_command("query-status", "").error().kind == ErrorKind::Refused);
  CHECK(MutationPermit::for_command("quit", "why")->reason() == "why");
}

}  // namespace vmplan::vm
