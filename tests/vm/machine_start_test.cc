// SPDX-License-Identifier: Apache-2.0
// Starts that must not happen, starts that fail, and what a started program gets.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/os/posix_clock.h"
#include "runtime/os/process_identity.h"
#include "runtime/vm/qmp_client.h"
#include "tests/vm/qemu_lab.h"

namespace vmplan::vm {
namespace {

using test::eventually;
using test::kill_and_wait;
using test::kRunDir;
using test::QemuLab;

}  // namespace

TEST_CASE("a machine that runs is not started again, with or without its shim", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus status = lab.observe();
  CHECK(lab.launch(lab.qemu()).error().kind == ErrorKind::Busy);
  CHECK(lab.machines().clean(kRunDir).error().kind == ErrorKind::Busy);
  kill_and_wait(status.supervisor_pid, SIGKILL);
  const Error busy = lab.launch(lab.qemu()).error();
  CHECK(busy.kind == ErrorKind::Busy);
  CHECK(busy.text().find(std::to_string(status.pid)) != std::string::npos);
  CHECK(lab.observe().pid == status.pid);
}

TEST_CASE("a second QEMU cannot take the socket of the first, even when the record is gone",
          "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus status = lab.observe();
  kill_and_wait(status.supervisor_pid, SIGKILL);
  const std::string record = lab.record_text();
  std::filesystem::remove(lab.file("run.json"));
  // QEMU itself holds the lock that it inherited.
  CHECK(lab.launch(lab.qemu()).error().kind == ErrorKind::Busy);
  CHECK(lab.machines().clean(kRunDir).error().kind == ErrorKind::Busy);
  CHECK(QmpClient::connect(lab.root(), std::string(kRunDir) + "/qmp.sock"));
  lab.forge(record);
  CHECK(lab.observe().state == MachineState::Running);
}

TEST_CASE("of two starts at once one wins and the other is busy", "[vm][qemu][threads]") {
  QemuLab lab;
  std::vector<Status> results(4);
  std::vector<std::thread> threads;
  for (Status& result : results) threads.emplace_back([&] { result = lab.launch(lab.qemu()); });
  for (std::thread& thread : threads) thread.join();
  int started = 0;
  for (const Status& result : results) {
    if (result) {
      ++started;
    } else {
      CHECK(result.error().kind == ErrorKind::Busy);
    }
  }
  CHECK(started == 1);
  CHECK(lab.observe().state == MachineState::Running);
}

TEST_CASE("a start that QEMU refuses carries what QEMU said", "[vm][qemu]") {
  QemuLab lab;
  LaunchSpec spec = lab.qemu();
  spec.argv.emplace_back("-no-such-option");
  const Error error = lab.launch(spec).error();
  CHECK(error.kind == ErrorKind::Failed);
  CHECK(error.text().find("QEMU exited with status 1 before it was ready") != std::string::npos);
  CHECK(error.text().find("-no-such-option: invalid option") != std::string::npos);
  CHECK(lab.observe().state == MachineState::Crashed);
  REQUIRE(lab.machines().wait_stopped(kRunDir, {1000}, lab.cancel()));
  CHECK(lab.sockets().empty());
}

TEST_CASE("only this run's part of the log is quoted", "[vm]") {
  QemuLab lab;
  std::filesystem::create_directories(lab.path() + "/logs/web");
  std::ofstream(lab.path() + "/logs/web/qemu.log") << "of an older run\n";
  const Error error =
      lab.launch(lab.shell("echo first; echo cannot open the disk >&2; exit 3")).error();
  CHECK(error.message ==
        "QEMU exited with status 3 before it was ready:\nfirst\ncannot open the disk");
}

TEST_CASE("a program that is not there is NotFound, and leaves nothing", "[vm]") {
  QemuLab lab;
  LaunchSpec spec = lab.qemu();
  spec.executable = "/nonexistent/qemu";
  CHECK(lab.launch(spec).error().kind == ErrorKind::NotFound);
  CHECK(lab.observe().state == MachineState::Absent);
  CHECK(eventually([&] { return lab.sockets().empty(); }));
}

TEST_CASE("a machine that never becomes ready is ended before the error comes back", "[vm]") {
  QemuLab lab;
  LaunchSpec spec = lab.shell("echo $$ > pid; exec sleep 100");
  spec.ready_qmp = std::string(kRunDir) + "/shim-qmp.sock";
  spec.timeout = {300};
  const Error error = lab.launch(spec).error();
  CHECK(error.kind == ErrorKind::Timeout);
  CHECK(error.message.find("300 ms") != std::string::npos);
  std::ifstream in(lab.path() + "/pid");
  std::int64_t pid = 0;
  REQUIRE(in >> pid);
  CHECK_FALSE(os::ProcessTable().identify(pid));
  CHECK(lab.observe().state == MachineState::Crashed);
  CHECK(lab.observe().detail == "QEMU was ended: it did not become ready in time");
}

TEST_CASE("a machine whose readiness cannot be recorded is ended before the error comes back",
          "[vm]") {
  QemuLab lab;
  // A directory in its place lets no record be written, as a full disk would.
  const std::string record = std::string(kRunDir) + "/run.json";
  const std::string script =
      "echo $$ > pid; rm " + record + "; mkdir " + record + "; exec sleep 100";
  const Error error = lab.launch(lab.shell(script)).error();
  CHECK(error.kind == ErrorKind::Io);
  CHECK(error.text().find(record) != std::string::npos);
  std::ifstream in(lab.path() + "/pid");
  std::int64_t pid = 0;
  REQUIRE(in >> pid);
  CHECK_FALSE(os::ProcessTable().identify(pid));
  std::filesystem::remove(lab.file("run.json"));
  REQUIRE(lab.launch(lab.qemu()));
  CHECK(lab.observe().state == MachineState::Running);
}

TEST_CASE("a program that ignores SIGTERM is killed when its start times out", "[vm]") {
  QemuLab lab;
  LaunchSpec spec = lab.shell("trap '' TERM; while :; do sleep 0.2; done");
  spec.ready_qmp = std::string(kRunDir) + "/qmp.sock";
  spec.timeout = {200};
  CHECK(lab.launch(spec).error().kind == ErrorKind::Timeout);
  CHECK(lab.record().signal == SIGKILL);
}

TEST_CASE("a start that the user interrupts twice is ended", "[vm][threads]") {
  QemuLab lab;
  LaunchSpec spec = lab.shell("exec sleep 100");
  spec.ready_qmp = std::string(kRunDir) + "/qmp.sock";
  std::thread user([&] {
    os::PosixClock().sleep({200});
    lab.cancel().interrupt();
    lab.cancel().interrupt();
  });
  const Error error = lab.launch(spec).error();
  user.join();
  CHECK(error.kind == ErrorKind::Interrupted);
  CHECK(lab.observe().state == MachineState::Stopped);
}

TEST_CASE("without a monitor a machine is ready when it lives, and has the closed environment",
          "[vm]") {
  QemuLab lab;
  ::setenv("VMPLAN_TEST_LEAK", "yes", 1);
  LaunchSpec spec = lab.shell("env; ls -l /proc/$$/fd; pwd; umask; echo done; exec sleep 100");
  spec.env["GIVEN"] = "yes";
  REQUIRE(lab.launch(spec));
  CHECK(lab.observe().state == MachineState::Running);
  std::string log;
  CHECK(eventually([&] {
    std::ifstream in(lab.path() + "/logs/web/qemu.log");
    log.assign(std::istreambuf_iterator<char>(in), {});
    return log.find("done\n") != std::string::npos;
  }));
  CHECK(log.find("GIVEN=yes") != std::string::npos);
  CHECK(log.find("VMPLAN_TEST_LEAK") == std::string::npos);
  CHECK(log.find("\n" + lab.path() + "\n") != std::string::npos);
  CHECK(log.find("0077") != std::string::npos);
  CHECK(log.find(" 3 -> " + lab.file("lock")) != std::string::npos);
  CHECK(log.find(" 4 -> ") == std::string::npos);
  CHECK(lab.machines().request(kRunDir, "quit", {1000}).error().kind == ErrorKind::Refused);
  CHECK(lab.machines().request(kRunDir, "system_reset", {1000}).error().kind == ErrorKind::Refused);
  CHECK_FALSE(lab.machines().wait_stopped(kRunDir, {50}, lab.cancel()).value());
}

}  // namespace vmplan::vm
