// SPDX-License-Identifier: Apache-2.0
// Real QEMU, real shim: from start to end, and what users and clients of the machine meet
// meanwhile.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/os/process_identity.h"
#include "runtime/os/socket.h"
#include "runtime/vm/qmp_client.h"
#include "runtime/vm/shim_client.h"
#include "tests/vm/qemu_lab.h"

namespace vmplan::vm {
namespace {

using test::kRunDir;
using test::QemuLab;

}  // namespace

TEST_CASE("a machine is started, seen, asked to quit, and gone without a trace of sockets",
          "[vm][qemu]") {
  QemuLab lab;
  CHECK(lab.observe().state == MachineState::Absent);
  REQUIRE(lab.launch(lab.qemu()));
  const MachineStatus status = lab.observe();
  CHECK(status.state == MachineState::Running);
  CHECK(status.pid > 0);
  CHECK(status.supervisor_pid > 0);
  CHECK(status.argv_hash == lab.qemu().argv_hash);
  CHECK(lab.sockets() == std::vector<std::string>{"qmp.sock", "shim-qmp.sock", "shim.sock"});

  REQUIRE(lab.machines().request(kRunDir, "quit", {5000}));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
  const MachineStatus after = lab.observe();
  CHECK(after.state == MachineState::Stopped);
  CHECK_FALSE(after.by_guest);
  CHECK(after.pid == 0);
  CHECK(lab.sockets().empty());
  const RunRecord record = lab.record();
  CHECK(record.requested == "quit");
  CHECK(record.exit_code == 0);
  CHECK(record.shutdown == Shutdown{false, "host-qmp-quit"});
  CHECK_FALSE(os::ProcessTable().identify(status.supervisor_pid));

  REQUIRE(lab.machines().clean(kRunDir));
  CHECK(lab.observe().state == MachineState::Absent);
  CHECK(std::filesystem::is_empty(lab.path() + "/" + kRunDir));
}

TEST_CASE("the run directory and what is in it belong to the user alone", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  struct ::stat info {};
  REQUIRE(::stat((lab.path() + "/" + kRunDir).c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0700);
  for (const char* name : {"lock", "shim.lock", "run.json", "qmp.sock", "shim.sock"}) {
    CAPTURE(name);
    REQUIRE(::stat(lab.file(name).c_str(), &info) == 0);
    CHECK((info.st_mode & 0077U) == 0);
  }
}

TEST_CASE("users keep the public monitor while the shim has its own", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  std::unique_ptr<QmpClient> client =
      std::move(*QmpClient::connect(lab.root(), std::string(kRunDir) + "/qmp.sock"));
  CHECK(client->greeting().major == 7);
  CHECK(client->query("query-status", Json(), {5000})->string_or("status", "") == "prelaunch");
  CHECK(client->query("human-monitor-command", Json(), {5000}).error().kind == ErrorKind::Refused);
  const Error busy =
      QmpClient::connect(lab.root(), std::string(kRunDir) + "/shim-qmp.sock", nullptr, {200})
          .error();
  CHECK(busy.kind == ErrorKind::Busy);
}

TEST_CASE("every reading command that real QEMU knows is known by its exact name", "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  std::unique_ptr<QmpClient> client =
      std::move(*QmpClient::connect(lab.root(), std::string(kRunDir) + "/qmp.sock"));
  const Json commands = client->query("query-commands", Json(), {5000}).value();
  std::vector<std::string> names;
  for (const Json& command : *commands.if_array())
    names.emplace_back(command.string_or("name", ""));
  for (auto list : {qmp_reading_commands(), qmp_mutating_commands()})
    for (std::string_view name : list) {
      CAPTURE(name);
      CHECK(std::ranges::find(names, name) != names.end());
    }
}

TEST_CASE("readiness may be the greeting of the public monitor", "[vm][qemu]") {
  QemuLab lab;
  LaunchSpec spec = lab.qemu();
  spec.ready_qmp = std::string(kRunDir) + "/qmp.sock";
  REQUIRE(lab.launch(spec));
  CHECK(lab.observe().state == MachineState::Running);
  CHECK(QmpClient::connect(lab.root(), spec.ready_qmp));
  CHECK(lab.machines().request(kRunDir, "quit", {5000}));
}

TEST_CASE("a lab in a directory deeper than 200 bytes works", "[vm][qemu]") {
  std::string deep;
  for (int i = 0; i < 5; ++i)
    deep += "a-directory-with-a-rather-long-name-number-" + std::to_string(i) + "/";
  QemuLab lab(deep + "lab");
  REQUIRE(lab.path().size() > 200);
  REQUIRE(lab.launch(lab.qemu()));
  CHECK(lab.observe().state == MachineState::Running);
  CHECK(QmpClient::connect(lab.root(), std::string(kRunDir) + "/qmp.sock"));
  REQUIRE(lab.machines().request(kRunDir, "quit", {5000}));
  CHECK(lab.machines().wait_stopped(kRunDir, {5000}, lab.cancel()).value());
}

TEST_CASE("two labs may each have a machine of the same name", "[vm][qemu]") {
  QemuLab first;
  QemuLab second;
  REQUIRE(first.launch(first.qemu()));
  REQUIRE(second.launch(second.qemu()));
  REQUIRE(first.machines().request(kRunDir, "quit", {5000}));
  CHECK(first.machines().wait_stopped(kRunDir, {5000}, first.cancel()).value());
  CHECK(first.observe().state == MachineState::Stopped);
  CHECK(second.observe().state == MachineState::Running);
}

TEST_CASE("a guest that powers itself off is stopped by the guest", "[vm][qemu]") {
  QemuLab lab;
  LaunchSpec spec = lab.qemu();
  std::erase(spec.argv, "-S");
  // A boot sector that sets SLP_EN in the ACPI control register: mov ax,0x2000; mov dx,0x604; out
  // dx,ax; hlt.
  const std::string code("\xB8\x00\x20\xBA\x04\x06\xEF\xF4", 8);
  std::string sector = code + std::string(510 - code.size(), '\0') + "\x55\xAA";
  std::ofstream(lab.path() + "/boot.img", std::ios::binary)
      << sector << std::string((2U << 20U) - 512, '\0');
  spec.argv.insert(spec.argv.end(), {"-drive", "file=boot.img,format=raw,if=ide"});
  REQUIRE(lab.launch(spec));
  CHECK(lab.machines().wait_stopped(kRunDir, {15'000}, lab.cancel()).value());
  const MachineStatus status = lab.observe();
  CHECK(status.state == MachineState::Stopped);
  CHECK(status.by_guest);
  CHECK(lab.record().shutdown == Shutdown{true, "guest-shutdown"});
}

TEST_CASE(
    "the control socket serves several clients, refuses what it does not know, and bears a silent "
    "one",
    "[vm][qemu]") {
  QemuLab lab;
  REQUIRE(lab.launch(lab.qemu()));
  const RunDirectory directory = std::move(*RunDirectory::open(lab.root(), kRunDir));
  std::vector<os::UniqueFd> silent;
  for (int i = 0; i < 40; ++i)
    silent.push_back(std::move(*os::connect_unix(directory.fd(), "shim.sock", {1000}, "s")));
  // One that never reads its answers.
  os::UniqueFd greedy = std::move(*os::connect_unix(directory.fd(), "shim.sock", {1000}, "s"));
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "status\n";
  (void)os::send_all(greedy.get(), many, {300}, "s");
  os::UniqueFd endless = std::move(*os::connect_unix(directory.fd(), "shim.sock", {1000}, "s"));
  (void)os::send_all(endless.get(), std::string(5000, 'x'), {300}, "s");

  const std::string status = ask_shim(directory, "status", {2000}).value();
  CHECK(status.find("state=running") != std::string::npos);
  CHECK(status.find("monitor=yes") != std::string::npos);
  CHECK(status.find("requested=-") != std::string::npos);
  CHECK(ask_shim(directory, "format c:", {2000}).error().kind == ErrorKind::Refused);
  CHECK(ask_shim(directory, "request stop", {2000}).error().kind == ErrorKind::Refused);
  CHECK(lab.machines().request(kRunDir, "system_powerdown", {5000}));
  CHECK(ask_shim(directory, "status", {2000})->find("requested=system_powerdown") !=
        std::string::npos);
  CHECK(lab.observe().state == MachineState::Running);
}

TEST_CASE("the shim needs none of the libraries that vmplan needs", "[vm]") {
  const std::string program =
      std::filesystem::canonical("/proc/self/exe").parent_path() / "vmplan-shim";
  std::ifstream in(program, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  REQUIRE(bytes.size() > 10'000);
  for (const char* library :
       {"libcrypto.so", "libsqlite3.so", "libtomlplusplus.so", "libsimdjson.so", "libfmt.so"}) {
    CAPTURE(library);
    CHECK(bytes.find(library) == std::string::npos);
  }
}

}  // namespace vmplan::vm
