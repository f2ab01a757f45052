// SPDX-License-Identifier: Apache-2.0
// Real QEMU, real shim: every way in which one of the two can die, and what is said about it
// afterwards.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "runtime/os/process.h"
#include "runtime/os/process_identity.h"
#include "runtime/os/spawn.h"
#include "tests/vm/qemu_lab.h"

namespace vmplan::vm {
namespace {

using test::kill_and_wait;
using test::kRunDir;
using test::QemuLab;

}  // namespace

TEST_CASE("SIGKILL of QEMU is a crash that says so", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  kill_and_wait(lab.observe().pid, SIGKILL);
  const MachineStatus status = lab.observe();
  CHECK(status.state == MachineState::Crashed);
  CHECK(status.detail == "QEMU was killed by signal 9 (SIGKILL)");
  REQUIRE(lab.machines().wait_stopped(kRunDir, {1000}, lab.cancel()));
  CHECK(lab.sockets().empty());
  REQUIRE(lab.launch(lab.qemu()));
  CHECK(lab.observe().state == MachineState::Running);
}

TEST_CASE("a start right after a crash does not meet the dying shim's lock", "[vm][qemu]") {
  QemuLab lab;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(lab.launch(lab.qemu()));
    kill_and_wait(lab.observe().pid, SIGKILL);
  }
}

TEST_CASE("SIGKILL of the shim leaves the machine running, and a new shim adopts it",
          "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus before = lab.observe();
  kill_and_wait(before.supervisor_pid, SIGKILL);
  const MachineStatus orphan = lab.observe();
  CHECK(orphan.state == MachineState::Running);
  CHECK(orphan.pid == before.pid);
  CHECK(orphan.supervisor_pid == 0);

  REQUIRE(lab.machines().adopt(kRunDir));
  const MachineStatus adopted = lab.observe();
  CHECK(adopted.state == MachineState::Running);
  CHECK(adopted.pid == before.pid);
  CHECK(adopted.supervisor_pid != 0);
  CHECK(adopted.since == before.since);
  CHECK(lab.machines().adopt(kRunDir).error().kind == ErrorKind::Busy);

  REQUIRE(lab.machines().request(kRunDir, "quit", {5000}));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
  CHECK(lab.observe().state == MachineState::Stopped);
  CHECK(lab.sockets().empty());
  CHECK_FALSE(lab.record().exit_code);
  CHECK(lab.record().shutdown->reason == "host-qmp-quit");
}

TEST_CASE("a machine that is stopped outlives its shim as well", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus before = lab.observe();
  const auto qemu = static_cast<pid_t>(before.pid);
  REQUIRE(::kill(qemu, SIGSTOP) == 0);
  const std::string stat = fmt::format("/proc/{}/stat", qemu);
  REQUIRE(test::eventually([&] {
    std::ifstream in(stat);
    return std::string(std::istreambuf_iterator<char>(in), {}).find(") T ") != std::string::npos;
  }));
  kill_and_wait(before.supervisor_pid, SIGKILL);
  REQUIRE(::kill(qemu, SIGCONT) == 0);
  REQUIRE(lab.machines().adopt(kRunDir));
  CHECK(lab.observe().state == MachineState::Running);
  CHECK(lab.observe().pid == before.pid);
  CHECK(lab.machines().request(kRunDir, "quit", {5000}));
}

TEST_CASE("an adopted machine that is killed is lost: its shim was not its parent", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  kill_and_wait(lab.observe().supervisor_pid, SIGKILL);
  REQUIRE(lab.machines().adopt(kRunDir));
  kill_and_wait(lab.observe().pid, SIGKILL);
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
  CHECK(lab.observe().state == MachineState::Lost);
  CHECK(lab.sockets().empty());
  REQUIRE(lab.launch(lab.qemu()));
}

TEST_CASE("shim and QEMU both killed is lost, and stale sockets stop no new start", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus status = lab.observe();
  kill_and_wait(status.supervisor_pid, SIGKILL);
  kill_and_wait(status.pid, SIGKILL);
  CHECK(lab.observe().state == MachineState::Lost);
  CHECK(lab.sockets().size() == 3);
  CHECK(lab.machines().adopt(kRunDir).error().kind == ErrorKind::NotFound);
  REQUIRE(lab.launch(lab.qemu()));
  CHECK(lab.observe().state == MachineState::Running);
}

TEST_CASE("SIGTERM to the shim leaves QEMU running for a later adoption", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus before = lab.observe();
  kill_and_wait(before.supervisor_pid, SIGTERM);
  CHECK(lab.observe().state == MachineState::Running);
  CHECK(lab.observe().supervisor_pid == 0);
  CHECK_FALSE(lab.exists("shim.sock"));
  REQUIRE(lab.machines().adopt(kRunDir));
  CHECK(lab.observe().pid == before.pid);
}

TEST_CASE("a machine whose shim died while it started runs as soon as its monitor speaks",
          "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  RunRecord record = lab.record();
  kill_and_wait(record.shim_pid, SIGKILL);
  record.state = RunState::Starting;
  lab.forge(encode(record));
  SECTION("it speaks at once") {
    REQUIRE(lab.machines().adopt(kRunDir));
    CHECK(lab.observe().state == MachineState::Running);
  }
  SECTION("it speaks long after the adoption") {
    REQUIRE(::kill(static_cast<pid_t>(record.pid), SIGSTOP) == 0);
    REQUIRE(lab.machines().adopt(kRunDir));
    CHECK(lab.observe().state == MachineState::Starting);
    CHECK(lab.observe().supervisor_pid != 0);
    REQUIRE(::kill(static_cast<pid_t>(record.pid), SIGCONT) == 0);
    CHECK(test::eventually([&] { return lab.observe().state == MachineState::Running; }));
    CHECK(lab.machines().request(kRunDir, "quit", {5000}));
  }
}

TEST_CASE("a machine that has not opened its monitor yet is not adopted as running", "[vm]") {
  QemuLab lab;
  // As a QEMU is for some milliseconds after its start: locked, recorded, and without sockets.
  REQUIRE(lab.root().make_directories(kRunDir, 0700));
  const RunDirectory directory = std::move(*RunDirectory::open(lab.root(), kRunDir));
  os::UniqueFd lock = std::move(*directory.lock(kMachineLock, {0}));
  const std::string monitor = std::string(kRunDir) + "/" + kShimMonitor;
  const Result<os::Child> child =
      os::spawn({.executable = "/bin/sh",
                 .argv = {"sh", "-c", "while :; do sleep 0.2; done", monitor},
                 .env = {},
                 .cwd_fd = lab.root().fd(),
                 .fds = {lock.get(), lock.get(), lock.get(), lock.get()}});
  REQUIRE(child);
  lock.reset();
  const os::ProcessIdentity identity = os::ProcessTable().identify(child->pid).value();
  RunRecord record;
  record.boot_id = identity.boot_id;
  record.pid = identity.pid;
  record.start_ticks = identity.start_ticks;
  lab.forge(encode(record));

  REQUIRE(lab.machines().adopt(kRunDir));
  CHECK(lab.observe().state == MachineState::Starting);
  CHECK(lab.observe().supervisor_pid != 0);
  CHECK(lab.machines().signal(kRunDir, SIGKILL));
  CHECK(os::reap(child->pid).signal == SIGKILL);
}

TEST_CASE("without a shim a request goes straight to the monitor", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  kill_and_wait(lab.observe().supervisor_pid, SIGKILL);
  REQUIRE(lab.machines().request(kRunDir, "quit", {5000}));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
  CHECK(lab.observe().state == MachineState::Stopped);
  CHECK(lab.record().requested == "quit");
}

TEST_CASE("signals that we send are no crash", "[vm][qemu]") {
  for (int number : {SIGTERM, SIGKILL}) {
    for (bool with_shim : {true, false}) {
      CAPTURE(number, with_shim);
      QemuLab lab;
      REQUIRE(lab.launch(lab.qemu()));
      if (!with_shim) kill_and_wait(lab.observe().supervisor_pid, SIGKILL);
      REQUIRE(lab.machines().signal(kRunDir, number));
      CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
      CHECK(lab.observe().state == MachineState::Stopped);
      CHECK(lab.machines().signal(kRunDir, number).error().kind == ErrorKind::NotFound);
    }
  }
}

TEST_CASE(
    "a shim that cannot be reached says nothing about its machine, which is stopped all the same",
    "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus before = lab.observe();
  const bool hangs = GENERATE(true, false);
  if (hangs) {
    REQUIRE(::kill(static_cast<pid_t>(before.supervisor_pid), SIGSTOP) == 0);
  } else {
    std::filesystem::remove(lab.file("shim.sock"));
  }
  const Error error = lab.machines().request(kRunDir, "system_powerdown", {300}).error();
  CHECK(error.kind == (hangs ? ErrorKind::Timeout : ErrorKind::Busy));
  CHECK(lab.observe().state == MachineState::Running);
  CHECK(lab.machines().clean(kRunDir).error().kind == ErrorKind::Busy);
  CHECK(lab.observe().pid == before.pid);

  REQUIRE(lab.machines().signal(kRunDir, SIGTERM));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
  CHECK(lab.machines().signal(kRunDir, SIGTERM).error().kind == ErrorKind::NotFound);
  REQUIRE(lab.machines().clean(kRunDir));
  CHECK(std::filesystem::is_empty(lab.path() + "/" + kRunDir));
  REQUIRE(lab.launch(lab.qemu()));
}

TEST_CASE("without a shim, a monitor that cannot be reached says nothing about the machine",
          "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  kill_and_wait(lab.observe().supervisor_pid, SIGKILL);
  std::filesystem::remove(lab.file("shim-qmp.sock"));
  const Error error = lab.machines().request(kRunDir, "quit", {300}).error();
  CHECK(error.kind == ErrorKind::Busy);
  CHECK(error.text().find(std::to_string(lab.observe().pid)) != std::string::npos);
  REQUIRE(lab.machines().signal(kRunDir, SIGTERM));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
}

TEST_CASE("a machine whose first thread has ended lives until the last one has", "[vm]") {
  // As a QEMU does that was killed and whose memory is large, for some seconds.
  QemuLab lab;
  LaunchSpec spec = lab.shell("");
  spec.executable = *os::find_program("python3");
  spec.argv = {"python3", "-c",
               "import ctypes, os, threading, time\n"
               "threading.Thread(target=lambda: (time.sleep(60), os._exit(0))).start()\n"
               "ctypes.CDLL(None).syscall(60, 0)  # exit: this thread alone"};
  spec.argv_hash = argv_hash(spec.argv);
  REQUIRE(lab.launch(spec));
  const MachineStatus before = lab.observe();
  const std::string stat = fmt::format("/proc/{}/stat", before.pid);
  REQUIRE(test::eventually([&] {
    std::ifstream in(stat);
    return std::string(std::istreambuf_iterator<char>(in), {}).find(") Z ") != std::string::npos;
  }));
  if (GENERATE(true, false)) kill_and_wait(before.supervisor_pid, SIGKILL);
  const MachineStatus ending = lab.observe();
  CHECK(ending.pid == before.pid);
  CHECK(ending.ending);
  CHECK_FALSE(lab.machines().wait_stopped(kRunDir, {50}, lab.cancel()).value());
  CHECK(lab.launch(spec).error().kind == ErrorKind::Busy);
  REQUIRE(lab.machines().signal(kRunDir, SIGKILL));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
  CHECK(lab.observe().pid == 0);
  CHECK(lab.machines().clean(kRunDir));
}

TEST_CASE("a foreign SIGTERM is a crash, because nobody asked for it", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  kill_and_wait(lab.observe().pid, SIGTERM);
  const MachineStatus status = lab.observe();
  CHECK(status.state == MachineState::Crashed);
  CHECK(status.detail == "QEMU was ended by a signal that vmplan did not send");
}

TEST_CASE(
    "PID reuse: another process with the recorded PID is never seen as the machine, nor signalled",
    "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const RunRecord real = lab.record();
  kill_and_wait(real.shim_pid, SIGKILL);
  RunRecord forged = real;
  forged.start_ticks += 1;
  lab.forge(encode(forged));
  CHECK(lab.observe().state == MachineState::Lost);
  CHECK(lab.machines().signal(kRunDir, SIGKILL).error().kind == ErrorKind::NotFound);
  CHECK(lab.machines().request(kRunDir, "quit", {1000}).error().kind == ErrorKind::NotFound);
  CHECK(lab.machines().adopt(kRunDir).error().kind == ErrorKind::NotFound);
  CHECK(lab.machines().wait_stopped(kRunDir, {100}, lab.cancel()).value());
  lab.forge(encode(real));
  CHECK(lab.observe().state == MachineState::Running);

  RunRecord other_boot = real;
  other_boot.boot_id = "00000000-0000-0000-0000-000000000000";
  lab.forge(encode(other_boot));
  CHECK(lab.observe().state == MachineState::Lost);
  CHECK(lab.machines().signal(kRunDir, SIGKILL).error().kind == ErrorKind::NotFound);
  lab.forge(encode(real));
}

TEST_CASE("a damaged record is told, not guessed from, and only the lock says that nothing runs",
          "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const std::string good = lab.record_text();
  const std::string bad = GENERATE(std::string(), std::string("{\"pid\":1}\n"));
  lab.forge(bad);
  CHECK(lab.observe().state == MachineState::Lost);
  CHECK(lab.observe().detail.find("run.json") != std::string::npos);
  CHECK(lab.machines().signal(kRunDir, SIGKILL).error().kind == ErrorKind::Corrupt);
  CHECK(lab.machines().request(kRunDir, "quit", {1000}).error().kind == ErrorKind::Corrupt);
  CHECK(lab.machines().wait_stopped(kRunDir, {100}, lab.cancel()).error().kind ==
        ErrorKind::Corrupt);
  CHECK(lab.machines().clean(kRunDir).error().kind == ErrorKind::Busy);
  CHECK(lab.launch(lab.qemu()).error().kind == ErrorKind::Busy);
  lab.forge(good);
  CHECK(lab.observe().state == MachineState::Running);

  const MachineStatus status = lab.observe();
  kill_and_wait(status.supervisor_pid, SIGKILL);
  kill_and_wait(status.pid, SIGKILL);
  lab.forge(bad);
  CHECK(lab.machines().request(kRunDir, "quit", {1000}).error().kind == ErrorKind::NotFound);
  CHECK(lab.machines().wait_stopped(kRunDir, {100}, lab.cancel()).value());
  CHECK(lab.machines().signal(kRunDir, SIGKILL).error().kind == ErrorKind::NotFound);
  REQUIRE(lab.machines().clean(kRunDir));
  CHECK(std::filesystem::is_empty(lab.path() + "/" + kRunDir));
}

}  // namespace vmplan::vm
