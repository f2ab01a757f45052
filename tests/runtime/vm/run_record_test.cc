// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/run_record.h"

#include <catch2/catch.hpp>

#include "runtime/vm/machine_judgement.h"

namespace vmplan::vm {
namespace {

RunRecord running() {
  RunRecord record;
  record.state = RunState::Running;
  record.boot_id = "11111111-2222-3333-4444-555555555555";
  record.pid = 100;
  record.start_ticks = 5;
  record.shim_pid = 99;
  record.shim_start_ticks = 4;
  record.argv_hash = "sha256:" + std::string(64, 'a');
  record.started_at = "2026-11-21T10:00:00Z";
  return record;
}

RunRecord exited() {
  RunRecord record = running();
  record.state = RunState::Exited;
  record.ended_at = "2026-11-21T11:00:00Z";
  return record;
}

constexpr Liveness kBothLive{true, true, true, false};
constexpr Liveness kNoneLives{true, false, false, false};

}  // namespace

TEST_CASE("run.json is one canonical line", "[vm]") {
  RunRecord record = exited();
  record.exit_code = 0;
  record.shutdown = Shutdown{true, "guest-shutdown"};
  record.requested = "system_powerdown";
  const std::string text = encode(record);
  CHECK(text ==
        "{\"argv_hash\":\"sha256:" + std::string(64, 'a') +
            "\",\"boot_id\":\"11111111-2222-3333-4444-555555555555\",\"ended_at\":\"2026-11-21T11:"
            "00:00Z\","
            "\"exit_code\":0,\"pid\":100,\"requested\":\"system_powerdown\",\"schema\":\"vmplan."
            "run/1\","
            "\"shim_pid\":99,\"shim_start_ticks\":4,\"shutdown\":{\"guest\":true,\"reason\":"
            "\"guest-shutdown\"},"
            "\"start_ticks\":5,\"started_at\":\"2026-11-21T10:00:00Z\",\"state\":\"exited\"}\n");
  CHECK(decode_run_record(text).value() == record);
}

TEST_CASE("every kind of run record survives the round trip", "[vm]") {
  for (RunState state : {RunState::Starting, RunState::Running, RunState::Exited})
    for (bool with_signal : {false, true}) {
      RunRecord record = running();
      record.state = state;
      if (with_signal) record.signal = 9;
      CHECK(decode_run_record(encode(record)).value() == record);
    }
  CHECK(decode_run_record(encode(RunRecord())).value() == RunRecord());
}

TEST_CASE("anything but the exact spelling of a run record is refused", "[vm]") {
  const std::string text = encode(running());
  CHECK_FALSE(decode_run_record(""));
  CHECK_FALSE(decode_run_record("{}\n"));
  CHECK_FALSE(decode_run_record(text + " "));
  CHECK_FALSE(decode_run_record(text + text));
  CHECK_FALSE(decode_run_record(std::string(100'000, '{')));
  for (std::size_t i = 0; i < text.size(); ++i) {
    CAPTURE(i);
    CHECK_FALSE(decode_run_record(text.substr(0, i)));
    std::string damaged = text;
    damaged[i] = '\x01';
    CHECK_FALSE(decode_run_record(damaged));
  }
}

TEST_CASE("a foreign text becomes a word of run.json", "[vm]") {
  CHECK(as_word("guest-shutdown") == "guest-shutdown");
  CHECK(as_word("a b\"c\n") == "a_b_c_");
  CHECK(as_word(std::string(100, 'x')).size() == 64);
}

TEST_CASE("a machine whose processes live runs", "[vm]") {
  MachineStatus status = judge(running(), kBothLive);
  CHECK(status.state == MachineState::Running);
  CHECK(status.pid == 100);
  CHECK(status.supervisor_pid == 99);
  CHECK(status.since == "2026-11-21T10:00:00Z");
  CHECK(status.argv_hash->text() == running().argv_hash);
  status = judge(running(), {true, true, false});
  CHECK(status.state == MachineState::Running);
  CHECK(status.supervisor_pid == 0);
}

TEST_CASE("a machine whose QEMU is ending still runs, and says so", "[vm]") {
  MachineStatus status = judge(running(), {true, true, true, true});
  CHECK(status.state == MachineState::Running);
  CHECK(status.ending);
  CHECK(status.detail == "its QEMU is ending");
  CHECK_FALSE(judge(running(), kBothLive).ending);
  CHECK_FALSE(judge(exited(), kNoneLives).ending);
}

TEST_CASE("a start that is under way or was interrupted is told apart", "[vm]") {
  RunRecord record = running();
  record.state = RunState::Starting;
  CHECK(judge(record, kBothLive).state == MachineState::Starting);
  CHECK(judge(record, {true, true, false}).state == MachineState::Starting);
  CHECK(judge(record, {true, true, false}).supervisor_pid == 0);
  record.pid = 0;
  CHECK(judge(record, {true, false, true}).state == MachineState::Starting);
  CHECK(judge(record, kNoneLives).state == MachineState::Absent);
}

TEST_CASE("a machine that nobody saw end is lost", "[vm]") {
  CHECK(judge(running(), kNoneLives).state == MachineState::Lost);
  CHECK(judge(running(), {true, false, true}).state == MachineState::Lost);
  const MachineStatus rebooted = judge(running(), {false, false, false});
  CHECK(rebooted.state == MachineState::Lost);
  CHECK(rebooted.detail.find("restarted") != std::string::npos);
  CHECK(judge(exited(), kNoneLives).state == MachineState::Lost);
}

TEST_CASE("an end that was recorded stays what it was after a reboot of the host", "[vm]") {
  RunRecord record = exited();
  record.exit_code = 0;
  record.requested = "quit";
  CHECK(judge(record, {false, false, false}).state == MachineState::Stopped);
}

TEST_CASE("how a machine ended decides its state", "[vm]") {
  struct Case {
    std::string requested;
    std::optional<std::int64_t> exit_code;
    std::optional<std::int64_t> signal;
    std::optional<Shutdown> shutdown;
    MachineState state;
    bool by_guest;
    std::string detail;
  };
  const auto by_guest = Shutdown{true, "guest-shutdown"};
  const std::vector<Case> cases = {
      {"", 0, {}, by_guest, MachineState::Stopped, true, "the guest switched itself off"},
      {"", {}, {}, by_guest, MachineState::Stopped, true, "the guest switched itself off"},
      {"system_powerdown",
       0,
       {},
       by_guest,
       MachineState::Stopped,
       false,
       "the guest shut down on request"},
      {"quit",
       0,
       {},
       Shutdown{false, "host-qmp-quit"},
       MachineState::Stopped,
       false,
       "QEMU was ended (host-qmp-quit)"},
      {"signal-15",
       0,
       {},
       Shutdown{false, "host-signal"},
       MachineState::Stopped,
       false,
       "QEMU was ended (host-signal)"},
      {"",
       0,
       {},
       Shutdown{false, "host-signal"},
       MachineState::Crashed,
       false,
       "QEMU was ended by a signal that vmplan did not send"},
      {"", {}, 9, {}, MachineState::Crashed, false, "QEMU was killed by signal 9 (SIGKILL)"},
      {"system_powerdown",
       {},
       9,
       {},
       MachineState::Crashed,
       false,
       "QEMU was killed by signal 9 (SIGKILL)"},
      {"signal-9",
       {},
       9,
       {},
       MachineState::Stopped,
       false,
       "QEMU was killed by signal 9 (SIGKILL)"},
      {"signal-15",
       {},
       9,
       {},
       MachineState::Crashed,
       false,
       "QEMU was killed by signal 9 (SIGKILL)"},
      {"", {}, 11, {}, MachineState::Crashed, false, "QEMU was killed by signal 11 (SIGSEGV)"},
      {"", 1, {}, {}, MachineState::Crashed, false, "QEMU exited with status 1"},
      {"quit", 1, {}, {}, MachineState::Crashed, false, "QEMU exited with status 1"},
      {"", 0, {}, {}, MachineState::Stopped, false, "QEMU exited with status 0"},
      {"",
       0,
       {},
       Shutdown{true, "guest-panic"},
       MachineState::Crashed,
       false,
       "the guest panicked"},
      {std::string(kStartTimeout),
       {},
       15,
       {},
       MachineState::Crashed,
       false,
       "QEMU was ended: it did not become ready in time"},
      {"quit", {}, {}, {}, MachineState::Stopped, false, "QEMU ended on request (quit)"},
  };
  for (const Case& one : cases) {
    RunRecord record = exited();
    record.requested = one.requested;
    record.exit_code = one.exit_code;
    record.signal = one.signal;
    record.shutdown = one.shutdown;
    const MachineStatus status = judge(record, kNoneLives);
    CAPTURE(one.detail, one.requested);
    CHECK(status.state == one.state);
    CHECK(status.by_guest == one.by_guest);
    CHECK(status.detail == one.detail);
    CHECK(status.pid == 0);
    CHECK(status.since == "2026-11-21T11:00:00Z");
  }
}

TEST_CASE("an end that was asked for while no shim watched is no crash", "[vm]") {
  RunRecord record = running();
  record.requested = "signal-9";
  CHECK(judge(record, kNoneLives).state == MachineState::Stopped);
}

}  // namespace vmplan::vm
