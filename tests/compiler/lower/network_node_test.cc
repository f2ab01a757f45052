// SPDX-License-Identifier: Apache-2.0
// The nodes of networks: what they run on the host, and what rests on what.
#include "compiler/lower/network_node.h"

#include <catch2/catch.hpp>

#include "compiler/base/text.h"
#include "compiler/model/identity.h"
#include "tests/support/compile_lab.h"
#include "tests/support/sample_lab.h"
#include "tests/support/sample_profile.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

plan::Plan lab_on(const std::string& network) {
  const std::string card = "[[network.interfaces]]\nname = \"eth0\"\nnetwork = \"lan\"\n";
  return compile_lab({{"vmplan.toml",
                       "schema_version = 1\n[lab]\nname = \"shop\"\n"
                       "[networks.lan]\n" +
                           network},
                      {"profiles/web.toml", sample_profile("web", card)},
                      {"profiles/db.toml", sample_profile("db", card)}})
      .plan;
}

std::string lines(const std::vector<plan::Step>& steps) {
  std::string out;
  for (const plan::Step& step : steps) out += step.step_id + ": " + shell_quoted(step.argv) + "\n";
  return out;
}

const std::string kBridge = model::derive_device_name({"shop", ""}, "net/lan");
const std::string kTap = model::derive_device_name({"shop", ""}, "tap/web/eth0");

}  // namespace

TEST_CASE("a bridge is looked for, made, marked and switched on, and looked at before it goes") {
  const plan::Plan plan = lab_on("mode = \"bridge\"\n");
  const plan::CommandPlan& node = node_of(plan, "net/lan");
  const std::string check =
      "vmplan step link check " + kBridge + " 'vmplan shop net/lan' net/lan\n";
  CHECK(lines(node.commands) == "look: " + check + "add: ip link add name " + kBridge +
                                    " type bridge\nverify: " + check + "mark: ip link set dev " +
                                    kBridge + " alias 'vmplan shop net/lan'\nup: ip link set dev " +
                                    kBridge + " up\n");
  CHECK(lines(node.rollback) ==
        "look-again: " + check + "delete: ip link delete dev " + kBridge + "\n");
  CHECK(lines(node.probe) == "present: " + check);
  CHECK(node.kind == "bridge");
  CHECK(node.requires_privilege);
  CHECK(node.confirmation_required);
  CHECK(node.risk == plan::Risk::High);
  CHECK(node.category == plan::Category::System);
  CHECK_FALSE(node.destructive);
}

TEST_CASE("a tap is put into its bridge, and a machine starts only on its own") {
  const plan::Plan plan = lab_on("mode = \"bridge\"\n");
  const plan::CommandPlan& tap = node_of(plan, "tap/web/eth0");
  CHECK(tap.deps == std::vector<std::string>{"net/lan"});
  const std::string text = lines(tap.commands);
  CHECK(text.find("add: ip tuntap add dev " + kTap + " mode tap\n") != std::string::npos);
  CHECK(text.find("join: ip link set dev " + kTap + " master " + kBridge + "\n") !=
        std::string::npos);
  CHECK(text.find("mark: ") < text.find("join: "));
  CHECK(lines(tap.probe).ends_with(" tap/web/eth0 " + kBridge + "\n"));

  const plan::CommandPlan& vm = node_of(plan, "vm/web");
  CHECK(vm.deps == std::vector<std::string>{"disk/web/root", "tap/web/eth0"});
  const std::string steps = lines(vm.commands);
  CHECK(steps.find("verify-nic-eth0: vmplan step link check " + kTap) < steps.find("start: "));
  CHECK(steps.find("\"ifname\":\"" + kTap + "\"") != std::string::npos);
  CHECK_FALSE(vm.requires_privilege);
}

TEST_CASE("networks of modes that need no device of the host have no nodes") {
  for (const char* mode : {"user", "socket"}) {
    const plan::Plan plan = lab_on(std::string("mode = \"") + mode + "\"\n");
    CHECK(plan.nodes.size() == 4);
    for (const plan::CommandPlan& node : plan.nodes) CHECK_FALSE(node.requires_privilege);
  }
}

TEST_CASE("a bridge that is there is neither made nor removed") {
  const plan::Plan plan = lab_on("mode = \"bridge\"\ndevice = \"br0\"\n");
  CHECK_FALSE(plan.find("net/lan"));
  const plan::CommandPlan& tap = node_of(plan, "tap/web/eth0");
  CHECK(tap.deps.empty());
  CHECK(lines(tap.commands).find(" master br0\n") != std::string::npos);
  for (const plan::CommandPlan& node : plan.nodes)
    for (const auto* steps : {&node.commands, &node.rollback})
      for (const plan::Step& step : *steps)
        if (step.argv[0] == "ip") CHECK(step.argv.at(4) != "br0");
}

TEST_CASE("machines of a socket network hear each other and nobody outside the host") {
  const plan::Plan plan = lab_on("mode = \"socket\"\n");
  const std::string netdev = R"({"id":"net0","localaddr":"127.0.0.1","mcast":")" +
                             model::derive_multicast_group({"shop", ""}, "lan") +
                             R"(","type":"socket"})";
  for (const char* id : {"vm/web", "vm/db"})
    CHECK(lines(node_of(plan, id).commands).find(netdev) != std::string::npos);
}

TEST_CASE("the attributes of a machine name its network and address") {
  const plan::Plan plan = lab_on("mode = \"bridge\"\nsubnet = \"10.20.0.0/16\"\n");
  const Json* cards = node_of(plan, "vm/web").spec.find("interfaces");
  REQUIRE(cards != nullptr);
  const Json& card = cards->if_array()->at(0);
  CHECK(card.string_or("network", "") == "lan");
  CHECK(card.string_or("type", "") == "bridge");
  CHECK(card.string_or("device", "") == kTap);
  CHECK(card.string_or("address", "").ends_with("/16"));
}

TEST_CASE("a mark of the longest names fits into an alias and is still its node's own") {
  const std::string name(63, 'n');
  lower::LabFacts facts;
  facts.owner = "vmplan " + name + " " + name;
  const std::string one = lower::link_mark(facts, "tap/" + name + "/" + name);
  const std::string other = lower::link_mark(facts, "tap/" + name + "/" + name.substr(1) + "m");
  CHECK(one.size() <= 255);
  CHECK(other.size() <= 255);
  CHECK(one != other);
  CHECK(one.starts_with(facts.owner));
}
