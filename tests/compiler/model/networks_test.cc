// SPDX-License-Identifier: Apache-2.0
// Networks of a lab: addresses, names of devices, and what of them stays as it is.
#include "compiler/model/networks.h"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "compiler/model/identity.h"
#include "compiler/model/ipv4.h"
#include "compiler/model/name_rules.h"
#include "tests/support/compile_lab.h"
#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

const model::LabIdentity kLab{"shop", ""};

std::string lab_file(const std::string& network, const std::string& instance = "") {
  return fmt::format("schema_version = 1\n[lab]\nname = \"shop\"\ninstance = \"{}\"\n{}", instance,
                     network);
}

std::string machine(const std::string& name, const std::string& card) {
  return sample_profile(name, "[[network.interfaces]]\nname = \"eth0\"\n" + card);
}

const model::Nic& nic_of(const model::Lab& lab, const std::string& vm) {
  for (const model::Vm& each : lab.vms)
    if (each.name == vm) return each.nics.at(0);
  throw std::runtime_error("no machine " + vm);
}

/// The card of machine "web" on this network.
model::Nic nic_on(const std::string& network, const std::string& card,
                  const std::string& instance = "") {
  ModelRun run = run_model(
      {{"vmplan.toml", lab_file(network, instance)}, {"profiles/web.toml", machine("web", card)}});
  INFO(run.rendered());
  REQUIRE(run.lab);
  return nic_of(*run.lab, "web");
}

const std::string kSocket = "[networks.lan]\nmode = \"socket\"\nsubnet = \"10.20.0.0/16\"\n";
const std::string kOnLan = "network = \"lan\"\n";

}  // namespace

TEST_CASE("an IPv4 address is four bytes, and nothing else is one") {
  CHECK(model::read_ipv4("10.20.0.5") == 0x0A140005U);
  CHECK(model::ipv4_text(0xFFFF0001U) == "255.255.0.1");
  for (const char* text : {"", "10.20.0", "10.20.0.5.6", "10.20.0.256", "10.20.0.05", "10.20.0.-1",
                           "10.20.0. 5", "::1", "10.20.0.5/24", "a.b.c.d"}) {
    INFO(text);
    CHECK_FALSE(model::read_ipv4(text));
  }
  CHECK(rc::check([](std::uint32_t address) {
    RC_ASSERT(model::read_ipv4(model::ipv4_text(address)) == address);
  }));
}

TEST_CASE("a subnet has all addresses between its first and its last for machines") {
  auto subnet = model::read_subnet("10.20.0.0/24").subnet;
  REQUIRE(subnet);
  CHECK(subnet->host_count() == 254);
  CHECK_FALSE(subnet->is_host(*model::read_ipv4("10.20.0.0")));
  CHECK(subnet->is_host(*model::read_ipv4("10.20.0.1")));
  CHECK(subnet->is_host(*model::read_ipv4("10.20.0.254")));
  CHECK_FALSE(subnet->is_host(*model::read_ipv4("10.20.0.255")));
  CHECK_FALSE(subnet->is_host(*model::read_ipv4("10.21.0.1")));
  CHECK(model::read_subnet("10.20.0.0/30").subnet->host_count() == 2);
  for (const char* text : {"10.20.0.0", "10.20.0.1/24", "10.20.0.0/7", "10.20.0.0/31",
                           "10.20.0.0/024", "10.20.0.0/", "/24", "fd00::/64"}) {
    INFO(text);
    CHECK_FALSE(model::read_subnet(text).subnet);
    CHECK_FALSE(model::read_subnet(text).fault.empty());
  }
}

TEST_CASE("names of network devices are those that Linux takes") {
  for (const char* name : {"br0", "eth0.100", "tap-given", "vp0123456789abc", "...", "a-b_c@d"}) {
    INFO(name);
    CHECK_FALSE(model::device_name_fault(name));
  }
  for (const char* name :
       {"", ".", "..", "a/b", "eth0:1", "a b", "tap%d", "-all", "sixteen-bytes-12", "tab\there"}) {
    INFO(name);
    CHECK(model::device_name_fault(name));
  }
}

TEST_CASE("devices of the host are named by lab, instance and node") {
  const std::string name = model::derive_device_name(kLab, "net/lan");
  CHECK(name.size() == model::kLongestDeviceName);
  CHECK_FALSE(model::device_name_fault(name));
  CHECK(model::derive_device_name(kLab, "net/lan") == name);
  std::set<std::string> names = {name, model::derive_device_name(kLab, "net/dmz"),
                                 model::derive_device_name({"shop", "blue"}, "net/lan"),
                                 model::derive_device_name({"store", ""}, "net/lan")};
  CHECK(names.size() == 4);
}

TEST_CASE("property: sockets meet at a private multicast address, below the ephemeral ports") {
  CHECK(rc::check([](const std::string& network) {
    const std::string group = model::derive_multicast_group(kLab, network);
    const std::size_t colon = group.find(':');
    auto address = model::read_ipv4(group.substr(0, colon));
    RC_ASSERT(address.has_value());
    RC_ASSERT((*address >> 18U) == (0xEFC00000U >> 18U));  // 239.192.0.0/14
    const int port = std::stoi(group.substr(colon + 1));
    RC_ASSERT(port >= 20480);
    RC_ASSERT(port < 32768);
  }));
  CHECK(model::derive_multicast_group(kLab, "a") != model::derive_multicast_group(kLab, "b"));
  CHECK(model::derive_multicast_group(kLab, "a") !=
        model::derive_multicast_group({"shop", "blue"}, "a"));
}

TEST_CASE("a card takes its kind from its network") {
  model::Nic socket = nic_on(kSocket, kOnLan);
  CHECK(socket.kind == model::NicKind::Socket);
  CHECK(socket.multicast_group == model::derive_multicast_group(kLab, "lan"));
  CHECK(nic_on("[networks.lan]\nmode = \"user\"\n", kOnLan).kind == model::NicKind::User);

  model::Nic made = nic_on("[networks.lan]\nmode = \"bridge\"\n", kOnLan);
  CHECK(made.kind == model::NicKind::Tap);
  CHECK(made.network_is_made);
  CHECK(made.tap.is_made);
  CHECK(made.tap.name == model::derive_device_name(kLab, "tap/web/eth0"));
  CHECK(made.tap.bridge == model::derive_device_name(kLab, "net/lan"));

  model::Nic given = nic_on("[networks.lan]\nmode = \"bridge\"\ndevice = \"br0\"\n", kOnLan);
  CHECK_FALSE(given.network_is_made);
  CHECK(given.tap.is_made);
  CHECK(given.tap.bridge == "br0");

  model::Nic wire = nic_on("[networks.lan]\nmode = \"tap\"\n", kOnLan);
  CHECK(wire.tap.is_made);
  CHECK(wire.tap.bridge.empty());
  model::Nic plugged = nic_on("[networks.lan]\nmode = \"tap\"\n", kOnLan + "device = \"tap0\"\n");
  CHECK_FALSE(plugged.tap.is_made);
  CHECK(plugged.tap.name == "tap0");

  model::Nic bare = nic_on("", "type = \"bridge\"\ndevice = \"br0\"\n");
  CHECK(bare.tap.is_made);
  CHECK(bare.tap.bridge == "br0");
  CHECK_FALSE(bare.network_is_made);
}

TEST_CASE("an address is what is written, or derived, and there is none without a subnet") {
  CHECK(nic_on(kSocket, kOnLan + "address = \"10.20.0.5\"\n").address->text == "10.20.0.5");
  auto derived = nic_on(kSocket, kOnLan).address;
  REQUIRE(derived);
  CHECK(derived->prefix_length == 16);
  CHECK(model::read_subnet("10.20.0.0/16").subnet->is_host(*model::read_ipv4(derived->text)));
  CHECK(nic_on(kSocket, kOnLan, "blue").address->text != derived->text);
  CHECK_FALSE(nic_on("[networks.lan]\nmode = \"socket\"\n", kOnLan).address);
  CHECK_FALSE(nic_on("", "type = \"user\"\n").address);
}

TEST_CASE("property: an address does not move when machines are added or taken away") {
  CHECK(rc::check([](const std::set<std::uint8_t>& before, const std::set<std::uint8_t>& after) {
    auto addresses = [](const std::set<std::uint8_t>& machines) {
      MemoryFileReader files;
      files.add("vmplan.toml", lab_file("[networks.lan]\nmode = \"socket\"\nsubnet = "
                                        "\"10.0.0.0/8\"\n"));
      files.add("profiles/web.toml", machine("web", kOnLan));
      for (std::uint8_t number : machines)
        files.add(fmt::format("profiles/m{}.toml", number),
                  machine(fmt::format("m{}", number), kOnLan));
      ModelRun run = run_model(files);
      RC_ASSERT(run.lab.has_value());
      std::map<std::string, std::string> out;
      for (const model::Vm& vm : run.lab->vms) out[vm.name] = vm.nics.at(0).address->text;
      return out;
    };
    const auto first = addresses(before);
    for (const auto& [name, address] : addresses(after))
      if (auto same = first.find(name); same != first.end()) RC_ASSERT(same->second == address);
  }));
}

TEST_CASE("a bridge is made once, where a machine is on it, and never for other networks") {
  ModelRun run = run_model(
      {{"vmplan.toml", lab_file("[networks.lan]\nmode = \"bridge\"\n[networks.idle]\nmode = "
                                "\"bridge\"\n[networks.given]\nmode = \"bridge\"\ndevice = "
                                "\"br0\"\n")},
       {"profiles/a.toml", machine("a", kOnLan)},
       {"profiles/b.toml", machine("b", kOnLan)},
       {"profiles/c.toml", machine("c", "network = \"given\"\n")}});
  REQUIRE(run.lab);
  REQUIRE(run.lab->bridges.size() == 1);
  CHECK(run.lab->bridges[0].network == "lan");
  CHECK(run.lab->bridges[0].device == model::derive_device_name(kLab, "net/lan"));
}
