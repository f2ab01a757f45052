// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/net_device.h"

#include <catch2/catch.hpp>

namespace vmplan::os {
namespace {

std::string status(std::string_view uid, std::string_view effective, std::string_view ambient) {
  return fmt::format(
      "Name:\tvmplan\nUid:\t1000\t{}\t1000\t1000\nCapPrm:\t000001ffffffffff\nCapEff:\t{}\n"
      "CapAmb:\t{}\nSeccomp:\t0\n",
      uid, effective, ambient);
}

TEST_CASE("net device: the loopback is there, and up or down but no port of a bridge",
          "[net_device]") {
  auto found = find_net_device("lo");
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->bridge.empty());
}

TEST_CASE("net device: what is not there is no error, and what is no name is one", "[net_device]") {
  auto absent = find_net_device("vp-not-there");
  REQUIRE(absent);
  CHECK_FALSE(*absent);
  for (const char* name : {"", ".", "..", "../../block", "a/b"}) {
    INFO(name);
    auto found = find_net_device(name);
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::Denied);
  }
}

TEST_CASE("net device: root's programs get what root has", "[net_device]") {
  CHECK(passes_network_rights(status("0", "000001ffffffffff", "0000000000000000")));
  CHECK(passes_network_rights(status("0", "0000000000001000", "0000000000000000")));
  // Root of a container that was given no such right.
  CHECK_FALSE(passes_network_rights(status("0", "00000000a80425fb", "0000000000000000")));
}

TEST_CASE("net device: a user's programs get what is handed on, not what vmplan has itself",
          "[net_device]") {
  CHECK_FALSE(passes_network_rights(status("1000", "0000000000000000", "0000000000000000")));
  CHECK_FALSE(passes_network_rights(status("1000", "0000000000001000", "0000000000000000")));
  CHECK(passes_network_rights(status("1000", "0000000000001000", "0000000000001000")));
}

TEST_CASE("net device: a text that is no status file gives no right", "[net_device]") {
  for (const char* text : {"", "Uid:", "Uid:\t0", "Uid:\t0\t0\t0\t0\nCapEff:\tnonsense\n"}) {
    INFO(text);
    CHECK_FALSE(passes_network_rights(text));
  }
}

}  // namespace
}  // namespace vmplan::os
