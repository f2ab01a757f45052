// SPDX-License-Identifier: Apache-2.0
// Network devices that vmplan makes: whatever happens, it takes nobody else's and loses none of its
// own.
#include <catch2/catch.hpp>

#include "compiler/lower/network_node.h"
#include "compiler/plan/judge.h"
#include "runtime/exec/link_state.h"
#include "tests/support/dies_in.h"
#include "tests/support/fake_network.h"
#include "tests/support/faulty_state_store.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

const lower::LabFacts kFacts{".vmplan", "qemu-img", nullptr, "vmplan shop"};
const std::string kBridge = "vpbridge";
const std::string kTap = "vptap";
const std::string kBridgeMark = "vmplan shop net/lan";

plan::CommandPlan bridge() { return lower::bridge_node(kFacts, {"lan", kBridge}); }

plan::CommandPlan tap() {
  model::Vm vm;
  vm.name = "web";
  model::Nic nic;
  nic.name = "eth0";
  nic.kind = model::NicKind::Tap;
  nic.network = "lan";
  nic.network_is_made = true;
  nic.tap = {kTap, true, kBridge};
  return lower::tap_node(vm, nic, kFacts);
}

plan::Plan both() { return test::plan_with({bridge(), tap()}); }

/// A lab on a host with network devices.
struct NetLab : test::RunLab {
  NetLab() {
    processes.answer_with([this](const os::ProcessSpec& spec) -> Result<os::ProcessExit> {
      return network.run(spec.argv);
    });
    find_net_device = [this](const std::string& name) -> Result<std::optional<os::NetDevice>> {
      return network.find(name);
    };
    may_configure_network = [] { return true; };
  }
  test::FakeNetwork network;
};

void check_whole(const NetLab& lab) {
  REQUIRE(lab.network.names() == std::vector<std::string>{kBridge, kTap});
  CHECK(lab.network.find(kBridge)->alias == kBridgeMark);
  CHECK(lab.network.find(kBridge)->is_up);
  CHECK(lab.network.find(kTap)->alias == "vmplan shop tap/web/eth0");
  CHECK(lab.network.find(kTap)->bridge == kBridge);
  CHECK(lab.network.find(kTap)->is_up);
}

TEST_CASE("links: a bridge and a tap are made, marked, joined, and taken away again", "[links]") {
  NetLab lab;
  REQUIRE(lab.apply(both())->counters.failed == 0);
  check_whole(lab);
  REQUIRE(lab.destroy()->counters.failed == 0);
  CHECK(lab.network.names().empty());
  CHECK(lab.store->applied()->empty());
}

TEST_CASE("links: somebody else's device of that name is left alone, and said to be", "[links]") {
  const os::NetDevice theirs =
      GENERATE(os::NetDevice{"", "", false}, os::NetDevice{"", "", true},
               os::NetDevice{"vmplan other net/lan", "", false}, os::NetDevice{"", "br0", false});
  NetLab lab;
  lab.network.put(kBridge, theirs);
  Result<ExecResult> done = lab.apply(both());
  REQUIRE(done);
  CHECK(done->counters.failed > 0);
  CHECK(lab.network.changes() == 0);
  CHECK(lab.network.names() == std::vector<std::string>{kBridge});
  CHECK_FALSE(lab.is_applied("net/lan"));
}

TEST_CASE("links: a device that carries the mark is taken up where the state was lost", "[links]") {
  NetLab lab;
  lab.network.put(kBridge, {kBridgeMark, "", false});
  REQUIRE(lab.apply(both())->counters.failed == 0);
  check_whole(lab);
}

TEST_CASE("links: a device that appears between the look and the making is left alone", "[links]") {
  NetLab lab;
  lab.processes.answer_with([&](const os::ProcessSpec& spec) -> Result<os::ProcessExit> {
    if (spec.argv[2] == "add") lab.network.put(spec.argv[4], {"", "", false});
    return lab.network.run(spec.argv);
  });
  Result<ExecResult> done = lab.apply(test::plan_with({bridge()}));
  REQUIRE(done);
  CHECK(done->counters.failed == 1);
  CHECK(lab.network.changes() == 0);
}

TEST_CASE("links: a making that fails for another reason is no success", "[links]") {
  NetLab lab;
  lab.processes.answer_with([](const os::ProcessSpec&) -> Result<os::ProcessExit> {
    return test::FakeProcessRunner::exit_with(2, "", "Operation not permitted");
  });
  CHECK(lab.apply(test::plan_with({bridge()}))->counters.failed == 1);
}

TEST_CASE("links: cut off at every write of the state, the next apply goes on", "[links][crash]") {
  const auto fault =
      GENERATE(test::FaultyStateStore::Fault::DieBefore, test::FaultyStateStore::Fault::DieAfter);
  int crashes = 0;
  for (int n = 1;; ++n) {
    INFO("write " << n);
    NetLab lab;
    test::FaultyStateStore store(*lab.store);
    store.arm(n, fault);
    if (!test::dies_in([&] { return lab.apply(both(), store, lab.files); })) break;
    ++crashes;
    REQUIRE(lab.apply(both())->counters.failed == 0);
    check_whole(lab);
    CHECK(lab.store->unfinished()->empty());
    REQUIRE(lab.destroy()->counters.failed == 0);
    CHECK(lab.network.names().empty());
  }
  CHECK(crashes > 20);
}

TEST_CASE("links: cut off before the making, a device that somebody else makes is not taken",
          "[links][crash]") {
  int refused = 0;
  for (int n = 1;; ++n) {
    NetLab lab;
    test::FaultyStateStore store(*lab.store);
    store.arm(n, test::FaultyStateStore::Fault::DieAfter);
    const plan::Plan plan = test::plan_with({bridge()});
    if (!test::dies_in([&] { return lab.apply(plan, store, lab.files); })) break;
    if (!lab.network.names().empty()) continue;
    // In use, as a device that somebody has made is.
    lab.network.put(kBridge, {"", "", true});
    const int before = lab.network.changes();
    CHECK(lab.apply(plan)->counters.failed == 1);
    CHECK(lab.network.changes() == before);
    ++refused;
  }
  CHECK(refused > 0);
}

TEST_CASE("links: a destroy that is cut off is finished by the next", "[links][crash]") {
  for (int n = 1;; ++n) {
    INFO("write " << n);
    NetLab lab;
    REQUIRE(lab.apply(both()));
    test::FaultyStateStore store(*lab.store);
    store.arm(n, test::FaultyStateStore::Fault::DieBefore);
    const plan::Plan nothing = test::plan_with({});
    if (!test::dies_in([&] { return lab.apply(nothing, store, lab.files); })) break;
    REQUIRE(lab.apply(nothing)->counters.failed == 0);
    CHECK(lab.network.names().empty());
  }
}

TEST_CASE("links: what was half made is taken away by a destroy", "[links][crash]") {
  // After the mark, and before the node is recorded.
  NetLab lab;
  lab.processes.answer_with([&](const os::ProcessSpec& spec) -> Result<os::ProcessExit> {
    if (spec.argv.back() == "up") return test::FakeProcessRunner::exit_with(2, "", "no");
    return lab.network.run(spec.argv);
  });
  CHECK(lab.apply(test::plan_with({bridge()}))->counters.failed == 1);
  REQUIRE(lab.network.names() == std::vector<std::string>{kBridge});
  REQUIRE(lab.destroy()->counters.failed == 0);
  CHECK(lab.network.names().empty());
}

TEST_CASE("links: a destroy leaves alone what has taken the place of a device", "[links]") {
  NetLab lab;
  REQUIRE(lab.apply(test::plan_with({bridge()})));
  lab.network.put(kBridge, {"somebody", "", true});
  const int before = lab.network.changes();
  CHECK(lab.destroy()->counters.failed == 1);
  CHECK(lab.network.changes() == before);
  // Gone by itself, there is nothing to take away.
  lab.network.clear();
  CHECK(lab.destroy()->counters.failed == 0);
}

TEST_CASE("links: after a reboot everything is made again", "[links]") {
  NetLab lab;
  REQUIRE(lab.apply(both()));
  lab.network.clear();
  REQUIRE(lab.apply(both())->counters.failed == 0);
  check_whole(lab);
}

TEST_CASE("links: a tap that has lost its bridge is joined to it again", "[links]") {
  NetLab lab;
  REQUIRE(lab.apply(both()));
  lab.network.remove(kBridge);
  os::NetDevice lost = *lab.network.find(kTap);
  lost.bridge = "";
  lab.network.put(kTap, lost);
  REQUIRE(lab.apply(both())->counters.failed == 0);
  check_whole(lab);
}

TEST_CASE("links: without the right to configure the network nothing is run", "[links]") {
  NetLab lab;
  lab.may_configure_network = [] { return false; };
  Result<ExecResult> done = lab.apply(both());
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::Refused);
  for (const char* word : {"net/lan", "CAP_NET_ADMIN", "mode = \"socket\""})
    CHECK(done.error().text().find(word) != std::string::npos);
  CHECK(lab.network.changes() == 0);
  CHECK(lab.observer.events().empty());
  // Where nothing needs the right, nobody asks for it.
  CHECK(lab.apply(test::plan_with({test::image_node("base", test::kBaseBytes)})));
}

TEST_CASE("links: the claim of a node is in its probe", "[links]") {
  std::optional<LinkClaim> claim = link_of(tap());
  REQUIRE(claim);
  CHECK(claim->device == kTap);
  CHECK(claim->node_id == "tap/web/eth0");
  CHECK(claim->bridge == kBridge);
  CHECK_FALSE(link_of(test::disk_node("web", 1)));
}

}  // namespace
}  // namespace vmplan::exec
