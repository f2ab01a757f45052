// SPDX-License-Identifier: Apache-2.0
// How changes of networks are judged: what is put elsewhere, made anew, taken away, and which
// machines that restarts.
#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/change/departed.h"
#include "compiler/change/diff.h"
#include "tests/support/applied.h"
#include "tests/support/compile_lab.h"
#include "tests/support/sample_profile.h"

using namespace vmplan;
using change::Action;
using change::Presence;
using test::applied;

namespace {

plan::Plan lab(const std::string& network, const std::string& name = "shop") {
  return test::compile_lab(
             {{"vmplan.toml",
               "schema_version = 1\n[lab]\nname = \"" + name + "\"\n[networks.lan]\n" + network},
              {"profiles/web.toml",
               test::sample_profile(
                   "web", "[[network.interfaces]]\nname = \"eth0\"\nnetwork = \"lan\"\n")}})
      .plan;
}

const std::string kMade = "mode = \"bridge\"\n";
const std::string kGiven = "mode = \"bridge\"\ndevice = \"br0\"\n";

Action action(const change::Difference& difference, const std::string& id) {
  for (const change::Row& row : difference.set.rows)
    if (row.id == id) return row.action;
  throw std::runtime_error("no row of " + id);
}

change::Difference seen(const change::Observations& observations) {
  return change::diff(applied(lab(kMade)), lab(kMade), observations);
}

}  // namespace

TEST_CASE("a tap is put into another bridge while its machine goes on") {
  change::Difference d = change::diff(applied(lab(kMade)), lab(kGiven), {});
  CHECK(action(d, "net/lan") == Action::Destroy);
  CHECK(action(d, "tap/web/eth0") == Action::Update);
  CHECK(action(d, "vm/web") == Action::Record);
}

TEST_CASE("a lab of another name has other devices, and its machines restart on them") {
  change::Difference d = change::diff(applied(lab(kMade)), lab(kMade, "store"), {});
  CHECK(action(d, "net/lan") == Action::Replace);
  CHECK(action(d, "tap/web/eth0") == Action::Replace);
  CHECK(action(d, "vm/web") == Action::Restart);
}

TEST_CASE("a machine that leaves a bridge for a socket has no tap any more") {
  change::Difference d = change::diff(applied(lab(kMade)), lab("mode = \"socket\"\n"), {});
  CHECK(action(d, "net/lan") == Action::Destroy);
  CHECK(action(d, "tap/web/eth0") == Action::Destroy);
  CHECK(action(d, "vm/web") == Action::Restart);
}

TEST_CASE("an address is recorded, and restarts nothing") {
  change::Difference d =
      change::diff(applied(lab(kMade)), lab(kMade + "subnet = \"10.20.0.0/16\"\n"), {});
  CHECK(action(d, "net/lan") == Action::None);
  CHECK(action(d, "tap/web/eth0") == Action::None);
  CHECK(action(d, "vm/web") == Action::Record);
}

TEST_CASE("a device that is gone is made anew, and a machine that held it open restarts") {
  change::Difference d = seen({{"tap/web/eth0", {Presence::Gone, "there is no device"}}});
  CHECK(action(d, "net/lan") == Action::None);
  CHECK(action(d, "tap/web/eth0") == Action::Rerun);
  CHECK(action(d, "vm/web") == Action::Restart);
}

TEST_CASE("a lost bridge, and a tap that is not in it, are mended under a running machine") {
  change::Difference d = seen({{"net/lan", {Presence::Gone, "there is no device"}},
                               {"tap/web/eth0", {Presence::Altered, "not in its bridge"}}});
  CHECK(action(d, "net/lan") == Action::Rerun);
  CHECK(action(d, "tap/web/eth0") == Action::Rerun);
  CHECK(action(d, "vm/web") == Action::None);
}

TEST_CASE("after a reboot everything is made again") {
  change::Difference d = seen({{"net/lan", {Presence::Gone, ""}},
                               {"tap/web/eth0", {Presence::Gone, ""}},
                               {"vm/web", {Presence::Gone, ""}}});
  for (const char* id : {"net/lan", "tap/web/eth0", "vm/web"})
    CHECK(action(d, id) == Action::Rerun);
}

TEST_CASE("devices go after the machine that uses them, and leave nothing kept") {
  const change::Applied before = applied(lab(kMade));
  change::ChangeSet set = change::destroy_set(before, {"net/lan"}, false);
  REQUIRE(set.rows.size() == 3);
  CHECK(set.rows[0].id == "vm/web");
  CHECK(set.rows[1].id == "tap/web/eth0");
  CHECK(set.rows[2].id == "net/lan");
  for (const change::Row& row : set.rows) {
    CHECK(row.action == Action::Destroy);
    CHECK_FALSE(row.kept);
  }
  CHECK(set.risk == plan::Risk::High);
}
