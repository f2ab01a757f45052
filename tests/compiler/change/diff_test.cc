// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/diff.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "compiler/base/json_writer.h"
#include "compiler/change/departed.h"
#include "compiler/change/explain.h"
#include "compiler/change/json.h"
#include "compiler/change/render_text.h"
#include "compiler/plan/keys.h"
#include "tests/support/applied.h"
#include "tests/support/sample_lab.h"

using namespace vmplan;
using Catch::Contains;
using change::Action;
using test::applied;

namespace {

using Edit = std::function<void(model::Vm&)>;

model::Lab lab_with(const std::vector<std::string>& names, const Edit& edit = {}) {
  model::Lab lab = test::sample_lab();
  for (const std::string& name : names) {
    model::Vm vm = test::sample_vm(name);
    if (edit && name == "web") edit(vm);
    lab.vms.push(std::move(vm));
  }
  return lab;
}

plan::Plan web(const Edit& edit = {}) { return test::plan_of(lab_with({"web"}, edit)); }

const change::Row& row(const change::ChangeSet& set, const std::string& id) {
  auto found = std::find_if(set.rows.begin(), set.rows.end(),
                            [&](const change::Row& r) { return r.id == id; });
  REQUIRE(found != set.rows.end());
  return *found;
}

/// The rows after an edit of a fully applied machine.
change::Difference after_edit(const Edit& edit, const change::Observations& seen = {}) {
  return change::diff(applied(web()), web(edit), seen);
}

}  // namespace

TEST_CASE("an empty state gets everything, dependencies first") {
  change::Difference d = change::diff({}, web(), {});
  REQUIRE(d.set.rows.size() == 2);
  CHECK(d.set.rows[0].id == "disk/web/root");
  CHECK(d.set.rows[1].id == "vm/web");
  CHECK(d.set.count(Action::Create) == 2);
  CHECK(change::summary_line(d.set) == "Plan: 2 to create, 0 to destroy.\n");
}

TEST_CASE("the same plan twice is no change") {
  change::Difference d = after_edit({});
  CHECK(d.set.count(Action::None) == 2);
  CHECK_FALSE(d.set.has_work());
}

TEST_CASE("memory restarts the machine and nothing else, and says why") {
  change::Difference d = after_edit([](model::Vm& vm) { vm.memory = {1024}; });
  CHECK(row(d.set, "disk/web/root").action == Action::None);
  const change::Row& vm = row(d.set, "vm/web");
  CHECK(vm.action == Action::Restart);
  REQUIRE(vm.attributes.size() == 1);
  CHECK(vm.attributes[0].path == "memory_mb");
  CHECK(canonical(*vm.attributes[0].before) == "512");
  CHECK_THAT(change::render_text(d.set), Contains("memory_mb: 512 -> 1024"));
}

TEST_CASE("a stop timeout is recorded, nothing runs") {
  change::Difference d = after_edit([](model::Vm& vm) { vm.lifecycle.stop_timeout = {99}; });
  CHECK(row(d.set, "vm/web").action == Action::Record);
  CHECK(row(d.set, "vm/web").risk == plan::Risk::Low);
}

TEST_CASE("a boot timeout is recorded: it reaches no process") {
  change::Difference d = after_edit([](model::Vm& vm) { vm.lifecycle.boot_timeout = {99}; });
  CHECK(row(d.set, "vm/web").action == Action::Record);
}

namespace {

/// "web" on an image of this name and these bytes.
plan::Plan on_image(const std::string& name, const std::string& bytes, int gibibytes = 1) {
  model::Lab lab = test::sample_lab();
  model::Image image;
  image.name = name;
  image.path = "images/" + name + ".qcow2";
  image.sha256 = sha256(bytes);
  image.stored = ".vmplan/store/" + image.sha256->hex() + "/" + name;
  model::ImageId id = lab.images.push(image);
  model::Vm vm = test::sample_vm("web");
  vm.disks[0].image = id;
  vm.disks[0].size = Gibibytes{gibibytes};
  lab.vms.push(vm);
  return test::plan_of(lab);
}

}  // namespace

TEST_CASE("another base image holds the disk, and the machine is left running") {
  change::Difference d =
      change::diff(applied(on_image("base", "old")), on_image("base", "new"), {});
  CHECK(row(d.set, "image/base").action == Action::Update);
  CHECK(row(d.set, "disk/web/root").action == Action::Hold);
  CHECK_THAT(row(d.set, "disk/web/root").reasons[0].text, Contains("another base image"));
  CHECK(row(d.set, "vm/web").action == Action::Record);
  CHECK(d.refusals.empty());
}

TEST_CASE("a base image under another name is called that, and hides no change of size") {
  const change::Applied state = applied(on_image("base", "same", 2));
  // Held: the overlay's own header goes on naming the file that it was made on.
  change::Difference d = change::diff(state, on_image("debian", "same", 2), {});
  const change::Row& disk = row(d.set, "disk/web/root");
  CHECK(disk.action == Action::Hold);
  CHECK_THAT(disk.reasons[0].text, Contains("the base image was renamed"));
  CHECK(row(d.set, "vm/web").action == Action::Record);

  change::Difference grown = change::diff(state, on_image("debian", "same", 4), {});
  CHECK_THAT(row(grown.set, "disk/web/root").reasons[0].text, Contains("from 2 GiB to 4 GiB"));
  change::Difference shrunk = change::diff(state, on_image("debian", "same", 1), {});
  CHECK(shrunk.refusals.size() == 1);
}

TEST_CASE("another format holds the disk and the machine that would misread it") {
  change::Difference d =
      after_edit([](model::Vm& vm) { vm.disks[0].format = model::DiskFormat::Raw; });
  CHECK(row(d.set, "disk/web/root").action == Action::Hold);
  CHECK(row(d.set, "vm/web").action == Action::Hold);
}

TEST_CASE("growing is held, shrinking is refused, another path is refused") {
  change::Difference grow = after_edit([](model::Vm& vm) { vm.disks[0].size = Gibibytes{2}; });
  CHECK(row(grow.set, "disk/web/root").action == Action::Hold);
  CHECK(grow.refusals.empty());
  change::Difference shrink =
      change::diff(applied(web([](model::Vm& vm) { vm.disks[0].size = Gibibytes{2}; })), web(), {});
  REQUIRE(shrink.refusals.size() == 1);
  CHECK_THAT(shrink.refusals[0].text, Contains("from 2 GiB to 1 GiB"));
  change::Difference moved =
      after_edit([](model::Vm& vm) { vm.disks[0].path = "elsewhere.qcow2"; });
  REQUIRE(moved.refusals.size() == 1);
  CHECK_THAT(moved.refusals[0].text, Contains("path of the disk changed"));
}

TEST_CASE("a disk whose creation is spelled differently is only recorded") {
  plan::Plan next = web();
  plan::CommandPlan& disk = next.nodes[*next.find("disk/web/root")];
  disk.commands[1].argv.insert(disk.commands[1].argv.begin() + 2, "-o");
  plan::seal_own(disk);
  plan::compute_keys(next);
  change::Difference d = change::diff(applied(web()), next, {});
  CHECK(row(d.set, "disk/web/root").action == Action::Record);
  CHECK(row(d.set, "vm/web").action == Action::Record);
}

TEST_CASE("removing a profile stops the machine and keeps its disk") {
  change::Applied both = applied(test::plan_of(lab_with({"db", "web"})));
  plan::Plan only_db = test::plan_of(lab_with({"db"}));
  change::Difference d = change::diff(both, only_db, {});
  CHECK(row(d.set, "vm/web").action == Action::Destroy);
  CHECK(row(d.set, "disk/web/root").action == Action::Record);
  CHECK(row(d.set, "disk/web/root").kept);
  CHECK(row(d.set, "vm/db").action == Action::None);
  CHECK(d.set.rows[0].id == "vm/web");  // dependants go first
  CHECK(d.set.risk == plan::Risk::Medium);

  both.erase("vm/web");
  both["disk/web/root"].kept = true;
  change::Difference later = change::diff(both, only_db, {});
  CHECK_FALSE(later.set.has_work());
  CHECK_THAT(change::render_text(later.set), Contains("kept: its data stays on disk"));

  change::Difference back = change::diff(both, test::plan_of(lab_with({"db", "web"})), {});
  CHECK(row(back.set, "disk/web/root").action == Action::Record);
  CHECK(row(back.set, "vm/web").action == Action::Create);
}

TEST_CASE("drift: crashed and lost machines are run again, lost data is never made anew") {
  using change::Presence;
  CHECK(row(after_edit({}, {{"vm/web", {Presence::Crashed, "killed"}}}).set, "vm/web").action ==
        Action::Rerun);
  CHECK(row(after_edit({}, {{"vm/web", {Presence::Gone, "lost"}}}).set, "vm/web").action ==
        Action::Rerun);
  change::Difference lost =
      after_edit({}, {{"disk/web/root", {Presence::LostData, "disks/web/root.qcow2 is missing"}}});
  CHECK(row(lost.set, "disk/web/root").action == Action::Hold);
  CHECK_THAT(change::render_text(lost.set), Contains("data is lost"));
}

TEST_CASE("a disk that vanished: its running machine is not stopped by an unrelated edit") {
  using change::Presence;
  auto memory = [](model::Vm& vm) { vm.memory = {1024}; };
  change::Difference d =
      after_edit(memory, {{"disk/web/root", {Presence::LostData, "the file is gone"}}});
  CHECK(row(d.set, "disk/web/root").action == Action::Hold);
  CHECK(row(d.set, "vm/web").action == Action::Hold);
  std::string text = change::render_text(d.set);
  CHECK_THAT(text,
             Contains("`disk/web/root` is not there; stopping the machine would lose its data"));
  CHECK_THAT(text, Contains("memory_mb: 512 -> 1024"));
  CHECK_THAT(text, Contains("copy its data away before you stop it"));
  CHECK_FALSE(d.set.has_work());

  // Nor by running with another command line than was applied.
  change::Difference drifted =
      after_edit({}, {{"disk/web/root", {Presence::Altered, "a symbolic link"}},
                      {"vm/web", {Presence::Altered, "another argv runs"}}});
  CHECK(row(drifted.set, "vm/web").action == Action::Hold);
  CHECK_THAT(change::render_text(drifted.set),
             Contains("`disk/web/root` is not what was applied; stopping the machine could lose "
                      "its data"));

  // What reaches no process is recorded all the same.
  change::Difference timeout = after_edit([](model::Vm& vm) { vm.lifecycle.stop_timeout = {99}; },
                                          {{"disk/web/root", {Presence::LostData, "gone"}}});
  CHECK(row(timeout.set, "vm/web").action == Action::Record);
}

TEST_CASE("a disk that vanished: its machine is not started again, nor made") {
  using change::Presence;
  const change::Observation lost{Presence::LostData, "the file is gone"};
  for (Presence how : {Presence::Crashed, Presence::Gone}) {
    change::Difference d = after_edit({}, {{"disk/web/root", lost}, {"vm/web", {how, "ended"}}});
    CHECK(row(d.set, "vm/web").action == Action::Hold);
    CHECK_THAT(change::render_text(d.set),
               Contains("`disk/web/root` is not there; the machine cannot start without it"));
  }
  change::DiffOptions named;
  named.named.insert("vm/web");
  change::Observations off = {{"disk/web/root", lost},
                              {"vm/web", {Presence::StoppedByGuest, "off"}}};
  CHECK(row(change::diff(applied(web()), web(), off, named).set, "vm/web").action == Action::Hold);

  change::Applied only_disk = applied(web());
  only_disk.erase("vm/web");
  change::Difference made = change::diff(only_disk, web(), {{"disk/web/root", lost}});
  CHECK(row(made.set, "vm/web").action == Action::Hold);
  CHECK_FALSE(made.set.has_work());
}

TEST_CASE("a disk that vanished: removing the profile does not stop the machine that holds it") {
  using change::Presence;
  change::Applied both = applied(test::plan_of(lab_with({"db", "web"})));
  plan::Plan only_db = test::plan_of(lab_with({"db"}));
  change::Observations seen = {{"disk/web/root", {Presence::LostData, "the file is gone"}}};
  change::Difference d = change::diff(both, only_db, seen);
  CHECK(row(d.set, "vm/web").action == Action::Hold);
  CHECK_THAT(change::render_text(d.set), Contains("`vmplan destroy vm/web` stops it all the same"));
  CHECK_THAT(row(d.set, "disk/web/root").note, !Contains("stays on disk"));

  // One that does not run holds nothing.
  seen["vm/web"] = {Presence::Crashed, "killed"};
  CHECK(row(change::diff(both, only_db, seen).set, "vm/web").action == Action::Destroy);
}

TEST_CASE("a machine that runs something else than what is recorded is restarted") {
  CHECK(row(after_edit({}, {{"vm/web", {change::Presence::Altered, "another argv runs"}}}).set,
            "vm/web")
            .action == Action::Restart);
}

TEST_CASE("a guest's own power-off is respected until the machine is named") {
  change::Observations seen = {{"vm/web", {change::Presence::StoppedByGuest, "stopped by guest"}}};
  change::Difference left = after_edit({}, seen);
  CHECK(row(left.set, "vm/web").action == Action::None);
  CHECK_THAT(change::render_text(left.set), Contains("stopped by guest"));
  change::DiffOptions options;
  options.named.insert("vm/web");
  CHECK(row(change::diff(applied(web()), web(), seen, options).set, "vm/web").action ==
        Action::Rerun);
}

TEST_CASE("on_change = never holds a restart until the machine is named") {
  auto edit = [](model::Vm& vm) {
    vm.memory = {1024};
    vm.lifecycle.on_change = model::OnChange::Never;
  };
  change::Difference held = after_edit(edit);
  CHECK(row(held.set, "vm/web").action == Action::Hold);
  CHECK_THAT(change::render_text(held.set), Contains("`vmplan apply vm/web` restarts it"));
  change::DiffOptions options;
  options.named.insert("vm/web");
  CHECK(row(change::diff(applied(web()), web(edit), {}, options).set, "vm/web").action ==
        Action::Restart);
  // One that does not run is simply started as it is planned now.
  CHECK(row(after_edit(edit, {{"vm/web", {change::Presence::Crashed, "crashed"}}}).set, "vm/web")
            .action == Action::Rerun);
}

TEST_CASE("prevent_destroy refuses what would take a node away, as it was applied") {
  auto protect = [](model::Vm& vm) { vm.lifecycle.prevent_destroy = true; };
  change::Applied state = applied(web(protect));
  CHECK(change::protected_nodes(change::destroy_set(state, {"vm/web"}, false)).size() == 1);
  CHECK(change::protected_nodes(change::destroy_set(state, {"disk/web/root"}, true)).size() == 2);
  CHECK(change::protected_nodes(change::destroy_set(applied(web()), {"vm/web"}, true)).empty());
  // Deleting the profile lifts nothing.
  change::Difference gone = change::diff(state, test::plan_of(lab_with({"other"})), {});
  REQUIRE(gone.refusals.size() == 1);
  CHECK(gone.refusals[0].id == "vm/web");
  // Writing `prevent_destroy = false` is bookkeeping, and does.
  change::Difference lifted = change::diff(state, web(), {});
  CHECK(row(lifted.set, "vm/web").action == Action::Record);
  CHECK(row(lifted.set, "disk/web/root").action == Action::Record);
  CHECK(lifted.refusals.empty());
}

TEST_CASE("destroying takes dependants along and keeps disks unless asked") {
  change::Applied state = applied(web());
  change::ChangeSet keep = change::destroy_set(state, {"disk/web/root"}, false);
  REQUIRE(keep.rows.size() == 2);
  CHECK(keep.rows[0].id == "vm/web");
  CHECK(keep.rows[1].kept);
  CHECK(keep.risk == plan::Risk::Medium);
  change::ChangeSet all = change::destroy_set(state, {"disk/web/root", "vm/web"}, true);
  CHECK(all.count(Action::Destroy) == 2);
  CHECK(all.risk == plan::Risk::Critical);
}

TEST_CASE("a machine under another name takes its disk along, and the old name is forgotten") {
  auto on = [](const std::string& name) {
    model::Lab lab = test::sample_lab();
    model::Vm vm = test::sample_vm(name);
    vm.disks[0].path = "disks/shared.qcow2";
    lab.vms.push(vm);
    return test::plan_of(lab);
  };
  change::Applied state = applied(on("web"));
  plan::Plan front = on("front");
  for (bool kept : {false, true}) {
    state["disk/web/root"].kept = kept;
    change::Difference d = change::diff(state, front, {});
    CHECK(row(d.set, "disk/front/root").action == Action::Create);
    const change::Row& left = row(d.set, "disk/web/root");
    CHECK(left.action == Action::Record);
    CHECK_FALSE(left.kept);
    CHECK(left.note == "forgotten: its file belongs to disk/front/root now");
  }

  // A file that vanished meanwhile is lost under either name.
  state["disk/web/root"].kept = false;
  change::Observations lost = {{"disk/web/root", {change::Presence::LostData, "gone"}}};
  change::Difference d = change::diff(state, front, lost);
  CHECK(row(d.set, "disk/front/root").action == Action::Hold);
  CHECK_THAT(row(d.set, "disk/front/root").note,
             Contains("`vmplan destroy disk/web/root --disks`"));
  CHECK(row(d.set, "vm/front").action == Action::Hold);
  CHECK(row(d.set, "vm/web").action == Action::Hold);
  CHECK(row(d.set, "disk/web/root").kept);
}

TEST_CASE("destroying a disk never takes away a file that another applied node has") {
  change::Applied state = applied(test::plan_of(lab_with({"front", "web"})));
  plan::CommandPlan& front = state["disk/front/root"].node;
  front.outputs = state["disk/web/root"].node.outputs;
  state["disk/front/root"].adopted = true;
  state["disk/web/root"].kept = true;
  state.erase("vm/web");
  change::ChangeSet set = change::destroy_set(state, {"disk/web/root"}, true);
  REQUIRE(set.rows.size() == 1);
  CHECK(set.rows[0].action == Action::Record);
  CHECK_FALSE(set.rows[0].kept);
  CHECK(set.rows[0].note == "the file stays: it is used by disk/front/root");
  CHECK(set.risk == plan::Risk::Low);
}

TEST_CASE("what is said of a destroyed disk is what happens to its file") {
  change::Applied state = applied(web([](model::Vm& vm) { vm.disks[0].size.reset(); }));
  auto destroyed = [&] { return change::destroy_set(state, {"disk/web/root"}, true); };
  CHECK(row(destroyed(), "disk/web/root").note == "vmplan did not make it: the file stays");
  CHECK(destroyed().risk == plan::Risk::Medium);  // its machine is stopped
  state = applied(web());
  CHECK(row(destroyed(), "disk/web/root").note == "its data is deleted");
  CHECK(destroyed().risk == plan::Risk::Critical);
  state["disk/web/root"].adopted = true;
  CHECK(row(destroyed(), "disk/web/root").note == "adopted: the file itself stays");
  CHECK(destroyed().risk == plan::Risk::Medium);
}

TEST_CASE("targets bring what they rest on and destroy nothing outside") {
  plan::Plan plan = test::plan_of(lab_with({"db", "web"}));
  change::Difference d = change::diff(applied(test::plan_of(lab_with({"old"}))), plan, {});
  change::restrict_to(d, plan, {"vm/web"});
  REQUIRE(d.set.rows.size() == 2);
  CHECK(d.set.rows[0].id == "disk/web/root");
  CHECK(d.set.rows[1].id == "vm/web");
}

TEST_CASE("a refusal stops only an apply that its node is part of, and every view shows it") {
  change::Applied state = applied(test::plan_of(lab_with({"db", "web"})));
  plan::Plan plan = test::plan_of(
      lab_with({"db", "web"}, [](model::Vm& vm) { vm.disks[0].path = "elsewhere.qcow2"; }));
  change::Difference all = change::diff(state, plan, {});
  REQUIRE(all.refusals.size() == 1);
  const Json shown = change::to_json(all);
  REQUIRE(shown.find("refusals") != nullptr);
  const JsonArray& refusals = *shown.find("refusals")->if_array();
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0] == json_object({{"help", all.refusals[0].help},
                                    {"id", "disk/web/root"},
                                    {"text", all.refusals[0].text}}));

  change::Difference web = all;
  change::restrict_to(web, plan, {"vm/web"});
  CHECK(web.refusals.size() == 1);
  change::Difference db = all;
  change::restrict_to(db, plan, {"vm/db"});
  CHECK(db.refusals.empty());
  CHECK(change::to_json(db).find("refusals")->if_array()->empty());
}

TEST_CASE("explain names the attribute and the words") {
  plan::Plan before = web();
  plan::Plan after = web([](model::Vm& vm) { vm.memory = {1024}; });
  const plan::CommandPlan& old_node = test::node_of(before, "vm/web");
  const plan::CommandPlan& new_node = test::node_of(after, "vm/web");
  change::Explanation e = change::explain(old_node, plan::key_document_of(before, old_node),
                                          new_node, plan::key_document_of(after, new_node));
  std::string text = change::render_text(e);
  CHECK_THAT(text, Contains("memory_mb: 512 -> 1024"));
  CHECK_THAT(text, Contains("- 512M"));
  CHECK_THAT(text, Contains("+ 1024M"));
  CHECK(e.others.empty());
  CHECK(e.deps.empty());
}

TEST_CASE("attributes of named list items are paired by name") {
  change::Difference d = after_edit([](model::Vm& vm) {
    model::Disk first = vm.disks[0];
    first.name = "first";
    first.path = "disks/first";
    first.boot = false;
    vm.disks.insert(vm.disks.begin(), first);
    vm.disks[1].readonly = true;
  });
  std::vector<std::string> paths;
  for (const change::AttributeChange& change : row(d.set, "vm/web").attributes)
    paths.push_back(change.path);
  CHECK(paths == std::vector<std::string>{"disks.first", "disks.root.readonly"});
}

TEST_CASE("hostile text in a note cannot steer the terminal") {
  change::ChangeSet set;
  change::Row bad;
  bad.id = "vm/web";
  bad.action = Action::Restart;
  bad.reasons.push_back({change::Reason::Cause::Drift, "x\x1b]0;owned\x07"});
  set.rows.push_back(bad);
  CHECK(change::render_text(set).find('\x1b') == std::string::npos);
}
