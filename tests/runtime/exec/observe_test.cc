// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/observe.h"

#include <catch2/catch.hpp>

#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using change::Presence;
using test::RunLab;
using vm::MachineState;

/// An applied lab and one look at it.
struct ObservedLab : RunLab {
  ObservedLab() { REQUIRE(apply(test::two_machines())); }
  Observed look() { return observe(store->applied().value(), host()); }
  Presence presence(const std::string& id) {
    Observed seen = look();
    auto found = seen.observations.find(id);
    if (found == seen.observations.end()) return Presence::Present;
    CHECK_FALSE(found->second.detail.empty());
    return found->second.presence;
  }
  void set_state(MachineState state, bool by_guest = false) {
    vm::MachineStatus status;
    status.state = state;
    status.by_guest = by_guest;
    machines.set(test::run_dir("web"), status);
  }
};

TEST_CASE("observe: everything in place is nothing to report, and nothing is touched",
          "[observe]") {
  ObservedLab lab;
  const std::vector<std::string> calls = lab.machines.calls();
  lab.files.clear_diary();
  Observed seen = lab.look();
  CHECK(seen.observations.empty());
  CHECK(seen.to_adopt.empty());
  CHECK(lab.machines.calls() == calls);
  for (const test::Access& access : lab.files.diary()) CHECK(access.call == "stat");
}

TEST_CASE("observe: a vanished disk is lost data, one that is no file is altered", "[observe]") {
  ObservedLab lab;
  REQUIRE(lab.files.remove(test::disk_path("web")));
  CHECK(lab.presence("disk/web/root") == Presence::LostData);
  CHECK(lab.presence("disk/db/root") == Presence::Present);
  lab.files.put_symlink(test::disk_path("web"), "/dev/sda");
  CHECK(lab.presence("disk/web/root") == Presence::Altered);
}

TEST_CASE("observe: a vanished image is gone", "[observe]") {
  ObservedLab lab;
  REQUIRE(lab.files.remove(test::stored_image("base", test::kBaseBytes)));
  CHECK(lab.presence("image/base") == Presence::Gone);
}

TEST_CASE("observe: states of a machine", "[observe]") {
  ObservedLab lab;
  lab.set_state(MachineState::Crashed);
  CHECK(lab.presence("vm/web") == Presence::Crashed);
  lab.set_state(MachineState::Lost);
  CHECK(lab.presence("vm/web") == Presence::Gone);
  lab.set_state(MachineState::Absent);
  CHECK(lab.presence("vm/web") == Presence::Gone);
  lab.set_state(MachineState::Stopped);
  CHECK(lab.presence("vm/web") == Presence::Gone);
  lab.set_state(MachineState::Stopped, true);
  CHECK(lab.presence("vm/web") == Presence::StoppedByGuest);
  lab.set_state(MachineState::Starting);
  CHECK(lab.presence("vm/web") == Presence::Present);
}

TEST_CASE("observe: another command line is altered, no supervisor is present and to be adopted",
          "[observe]") {
  ObservedLab lab;
  vm::MachineStatus status = lab.machines.observe(test::run_dir("web"));
  status.supervisor_pid = 0;
  lab.machines.set(test::run_dir("web"), status);
  CHECK(lab.presence("vm/web") == Presence::Present);
  Observed seen = lab.look();
  REQUIRE(seen.to_adopt.size() == 1);
  CHECK(seen.to_adopt[0].node == "vm/web");
  CHECK(seen.to_adopt[0].run_dir == test::run_dir("web"));

  status.state = MachineState::Starting;
  lab.machines.set(test::run_dir("web"), status);
  CHECK(lab.presence("vm/web") == Presence::Present);
  CHECK(lab.look().to_adopt.size() == 1);

  status.state = MachineState::Running;
  status.argv_hash = sha256("another");
  lab.machines.set(test::run_dir("web"), status);
  CHECK(lab.presence("vm/web") == Presence::Altered);
  CHECK(lab.look().to_adopt.empty());
}

TEST_CASE("observe: a machine whose QEMU is ending is waited for, and then it is seen how it ended",
          "[observe]") {
  ObservedLab lab;
  vm::MachineStatus status = lab.machines.observe(test::run_dir("web"));
  status.ending = true;
  lab.machines.set(test::run_dir("web"), status);
  std::vector<std::string> said;
  const SayOf say = [&](const std::string& node, const std::string& line) {
    said.push_back(node + ": " + line);
  };
  SECTION("it ends") {
    const Observed seen = observe(lab.store->applied().value(), lab.host(), say);
    CHECK(seen.observations.at("vm/web").presence == Presence::Crashed);
    CHECK(seen.observations.size() == 1);
    REQUIRE(said.size() == 1);
    CHECK(said[0].starts_with("vm/web: its QEMU (PID "));
    CHECK(said[0].find("at most 60 s") != std::string::npos);
    CHECK(lab.apply(test::two_machines())->counters.rerun == 1);
  }
  SECTION("it does not end") {
    lab.machines.set_manner(test::run_dir("web"), test::FakeMachines::Manner::Hangs);
    const Observed seen = observe(lab.store->applied().value(), lab.host(), say);
    CHECK(seen.observations.at("vm/web").presence == Presence::Altered);
    CHECK(seen.to_adopt.empty());
  }
  SECTION("nothing is ending") {
    status.ending = false;
    lab.machines.set(test::run_dir("web"), status);
    CHECK(observe(lab.store->applied().value(), lab.host(), say).observations.empty());
    CHECK(said.empty());
  }
}

}  // namespace
}  // namespace vmplan::exec
