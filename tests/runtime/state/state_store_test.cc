// SPDX-License-Identifier: Apache-2.0
// The state on the real disk: what is written is what is read, also after a crash; damage is named.
#include "runtime/state/state_store.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "compiler/plan/canonical.h"
#include "runtime/db/sqlite.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_file_system.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/run_nodes.h"
#include "tests/support/scratch.h"

namespace vmplan::state {
namespace {

namespace fs = std::filesystem;

/// A lab on disk. The store may be opened and closed many times.
struct DiskLab {
  explicit DiskLab(const std::string& name)
      : scratch("state-" + name),
        lab_root(os::LabRoot::open(scratch.path()).value()),
        root(lab_root.path()),
        files(lab_root) {}

  std::unique_ptr<StateStore> open() {
    Result<std::unique_ptr<StateStore>> store = open_state(files, {root});
    if (!store) FAIL(store.error().text());
    return std::move(*store);
  }
  fs::path database() const { return fs::path(root) / ".vmplan/state.db"; }
  /// Changes the database behind the store's back.
  void tamper(const std::string& sql) {
    Result<db::Database> raw =
        db::Database::open(database().string(), db::Database::Mode::ReadWrite);
    REQUIRE(raw);
    REQUIRE(raw->execute(sql));
  }

  test::Scratch scratch;
  os::LabRoot lab_root;
  std::string root;
  os::PosixFileSystem files;
};

AppliedRecord record_of(const plan::Plan& plan, const std::string& id) {
  const plan::CommandPlan& node = plan.nodes[*plan.find(id)];
  std::vector<plan::DepIdentity> deps;
  for (const std::string& dep : node.deps)
    deps.emplace_back(dep, plan::identity(plan.nodes[*plan.find(dep)]));
  AppliedRecord record;
  record.applied.node = node;
  record.key_document = plan::key_document(node.own, deps);
  return record;
}

/// Applies a node in one go.
Status put(StateStore& store, RunId run, const AppliedRecord& record) {
  return store.finish_node(run, record.applied.node.id, &record);
}

plan::Plan sample() { return test::plan_with({test::disk_node("web", 1), test::vm_node("web")}); }

RunStart a_run() {
  return {"2026-11-21T10:00:00Z", sha256("plan"), "sha256:x", "somebody", "vmplan test"};
}

StepIntent intent_of(RunId run, const plan::CommandPlan& node, int index) {
  const plan::Step& step = node.commands[static_cast<std::size_t>(index)];
  return {run, node.id, Phase::Do, index, step.step_id, step.argv_hash, "2026-11-21T10:00:01Z",
          "42"};
}

TEST_CASE("state: reading where nothing is makes nothing", "[state]") {
  DiskLab lab("absent");
  Result<std::unique_ptr<StateReader>> reader = open_state_for_reading(lab.files, {lab.root});
  REQUIRE(reader);
  CHECK((*reader)->applied()->empty());
  CHECK((*reader)->unfinished()->empty());
  CHECK((*reader)->runs(5)->empty());
  CHECK_FALSE((*reader)->find("vm/web")->has_value());
  CHECK(fs::is_empty(lab.root));
}

std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

TEST_CASE("state: a reader makes nothing beside a state that nobody writes", "[state]") {
  DiskLab lab("settled");
  { REQUIRE(lab.open()->begin_run(a_run())); }
  const fs::path directory = lab.database().parent_path();
  const std::vector<std::string> before = names_in(directory);
  Result<std::unique_ptr<StateReader>> reader = open_state_for_reading(lab.files, {lab.root});
  REQUIRE(reader);
  CHECK((*reader)->runs(1)->size() == 1);
  CHECK(names_in(directory) == before);
  reader->reset();
  CHECK(names_in(directory) == before);
}

TEST_CASE("state: a reader sees what a writer has committed, before and after it comes",
          "[state]") {
  DiskLab lab("beside");
  const plan::Plan plan = sample();
  RunId run = 0;
  { run = lab.open()->begin_run(a_run()).value(); }
  std::unique_ptr<StateReader> early = open_state_for_reading(lab.files, {lab.root}).value();
  CHECK(early->applied()->empty());
  {
    std::unique_ptr<StateStore> store = lab.open();
    REQUIRE(put(*store, run, record_of(plan, "disk/web/root")));
    // In the log, and the log is not empty: it is read too.
    std::unique_ptr<StateReader> late = open_state_for_reading(lab.files, {lab.root}).value();
    CHECK(late->applied()->size() == 1);
    CHECK(early->applied());
    REQUIRE(put(*store, run, record_of(plan, "vm/web")));
    CHECK(late->applied()->size() == 2);
  }
  // The writer is gone and the log with it: the file itself is another one now.
  CHECK(early->applied()->size() == 2);
  CHECK(early->find("vm/web")->has_value());
}

TEST_CASE("state: a log that cannot be read is told from a missing database", "[state]") {
  DiskLab lab("log");
  { REQUIRE(lab.open()->begin_run(a_run())); }
  std::ofstream(lab.database().string() + "-wal") << "left behind";
  fs::create_symlink("/nonexistent/shm", lab.database().string() + "-shm");  // it cannot be made
  Result<std::unique_ptr<StateReader>> reader = open_state_for_reading(lab.files, {lab.root});
  REQUIRE_FALSE(reader);
  CHECK(reader.error().text().find("state.db-wal") != std::string::npos);
}

TEST_CASE("state: the directory is private and ignored by git", "[state]") {
  DiskLab lab("private");
  { std::unique_ptr<StateStore> store = lab.open(); }
  const fs::path directory = fs::path(lab.root) / ".vmplan";
  CHECK((fs::status(directory).permissions() & fs::perms::mask) == fs::perms::owner_all);
  CHECK((fs::status(lab.database()).permissions() & fs::perms::mask) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  std::ifstream ignore(directory / ".gitignore");
  CHECK(std::string(std::istreambuf_iterator<char>(ignore), {}) == "*\n");
}

TEST_CASE("state: what is put is what is read after reopening", "[state]") {
  DiskLab lab("round-trip");
  const plan::Plan plan = sample();
  {
    std::unique_ptr<StateStore> store = lab.open();
    const RunId run = store->begin_run(a_run()).value();
    AppliedRecord disk = record_of(plan, "disk/web/root");
    disk.applied.kept = true;
    disk.applied.adopted = true;
    disk.origin = "disk/old/root";
    REQUIRE(put(*store, run, disk));
    REQUIRE(put(*store, run, record_of(plan, "vm/web")));
    REQUIRE(store->end_run(run, "2026-11-21T10:01:00Z", RunStatus::Succeeded));
  }
  Result<std::unique_ptr<StateReader>> reader = open_state_for_reading(lab.files, {lab.root});
  REQUIRE(reader);
  const change::Applied applied = (*reader)->applied().value();
  REQUIRE(applied.size() == 2);
  CHECK(applied.at("vm/web").node == plan.nodes[*plan.find("vm/web")]);
  CHECK(applied.at("disk/web/root").kept);
  CHECK(applied.at("disk/web/root").adopted);
  const AppliedRecord disk = (*reader)->find("disk/web/root")->value();
  CHECK(disk.origin == "disk/old/root");
  CHECK(disk.key_document == record_of(plan, "disk/web/root").key_document);
  const Run run = (*reader)->runs(1)->at(0);
  CHECK(run.status == RunStatus::Succeeded);
  CHECK(run.start.who == "somebody");
  CHECK(run.start.plan_hash == sha256("plan"));
}

TEST_CASE("state: a record that could not be read back is not written", "[state]") {
  DiskLab lab("unreadable");
  std::unique_ptr<StateStore> store = lab.open();
  const RunId run = store->begin_run(a_run()).value();
  AppliedRecord record = record_of(sample(), "vm/web");
  record.key_document += " ";
  Status refused = put(*store, run, record);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::Corrupt);
  CHECK(store->applied()->empty());
}

TEST_CASE("state: the journal survives a reopen and says what is half-done", "[state]") {
  DiskLab lab("journal");
  const plan::Plan plan = sample();
  const plan::CommandPlan& disk = plan.nodes[*plan.find("disk/web/root")];
  PendingNode pending{disk.id,      0,        change::Action::Create,
                      std::nullopt, disk.key, record_of(plan, disk.id)};
  {
    std::unique_ptr<StateStore> store = lab.open();
    pending.run_id = store->begin_run(a_run()).value();
    REQUIRE(store->begin_node(pending, Progress::Fresh));
    const std::int64_t first = store->record_intent(intent_of(pending.run_id, disk, 0)).value();
    REQUIRE(store->record_result(first, {"2026-11-21T10:00:02Z", StepEnd::Done, 0, "fine"}));
    REQUIRE(store->record_intent(intent_of(pending.run_id, disk, 1)));
  }
  std::unique_ptr<StateStore> store = lab.open();
  std::vector<UnfinishedNode> unfinished = store->unfinished().value();
  REQUIRE(unfinished.size() == 1);
  CHECK(unfinished[0].node.action == change::Action::Create);
  CHECK(unfinished[0].node.old_key == std::nullopt);
  CHECK(unfinished[0].node.new_key == disk.key);
  CHECK(unfinished[0].node.after->applied.node == disk);
  REQUIRE(unfinished[0].journal.size() == 2);
  CHECK(unfinished[0].journal[0].outcome->end == StepEnd::Done);
  CHECK(unfinished[0].journal[0].outcome->detail == "fine");
  CHECK_FALSE(unfinished[0].journal[1].outcome);
  CHECK(unfinished[0].journal[1].intent.mark == "42");
  CHECK(unfinished[0].journal[1].intent.argv_hash == disk.commands[1].argv_hash);

  SECTION("continuing keeps the rows, starting afresh closes them") {
    REQUIRE(store->begin_node(pending, Progress::Continued));
    CHECK(store->unfinished()->at(0).journal.size() == 2);
    REQUIRE(store->begin_node(pending, Progress::Fresh));
    CHECK(store->unfinished()->at(0).journal.empty());
  }
  SECTION("finishing applies the node and closes everything") {
    REQUIRE(store->finish_node(pending.run_id, disk.id, &*pending.after));
    CHECK(store->unfinished()->empty());
    CHECK(store->applied()->at(disk.id).node == disk);
    REQUIRE(store->begin_node(pending, Progress::Continued));
    CHECK(store->unfinished()->at(0).journal.empty());
  }
  SECTION("finishing without a record forgets the node") {
    REQUIRE(put(*store, pending.run_id, *pending.after));
    REQUIRE(store->finish_node(pending.run_id, disk.id, nullptr));
    CHECK(store->applied()->empty());
  }
  SECTION("forgetting leaves what is applied as it is") {
    REQUIRE(put(*store, pending.run_id, *pending.after));
    REQUIRE(store->begin_node(pending, Progress::Fresh));
    REQUIRE(store->record_intent(intent_of(pending.run_id, disk, 0)));
    REQUIRE(store->forget_pending(disk.id));
    CHECK(store->unfinished()->empty());
    CHECK(store->applied()->at(disk.id).node == disk);
    REQUIRE(store->begin_node(pending, Progress::Continued));
    CHECK(store->unfinished()->at(0).journal.empty());
  }
  SECTION("an undone node is no longer applied, and still pending") {
    REQUIRE(put(*store, pending.run_id, *pending.after));
    REQUIRE(store->begin_node(pending, Progress::Fresh));
    REQUIRE(store->finish_undo(disk.id));
    CHECK(store->applied()->empty());
    CHECK(store->unfinished()->size() == 1);
  }
}

TEST_CASE("state: a run that never ended is found out by the next", "[state]") {
  DiskLab lab("runs");
  std::unique_ptr<StateStore> store = lab.open();
  REQUIRE(store->begin_run(a_run()));
  REQUIRE(store->begin_run(a_run()));
  const std::vector<Run> runs = store->runs(10).value();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].status == RunStatus::Executing);
  CHECK(runs[1].status == RunStatus::Interrupted);
}

TEST_CASE("state: a damaged node is named and never acted on", "[state][fault]") {
  DiskLab lab("damaged");
  const plan::Plan plan = sample();
  {
    std::unique_ptr<StateStore> store = lab.open();
    const RunId run = store->begin_run(a_run()).value();
    REQUIRE(put(*store, run, record_of(plan, "vm/web")));
  }
  const std::string where = " WHERE id = 'vm/web'";
  const std::string change = GENERATE(
      std::string("node = CAST(replace(CAST(node AS TEXT), 'qemu-system-x86_64', "
                  "'qemu-system-x86_65') AS BLOB)"),
      std::string("node = CAST(replace(CAST(node AS TEXT), '\"id\":\"vm/web\"', "
                  "'\"id\":\"vm/wib\"') AS BLOB)"),
      std::string("node = CAST(' ' || CAST(node AS TEXT) AS BLOB)"), std::string("node = x''"),
      std::string("own = 'sha256:0'"), std::string("adopted = 1"), std::string("kept = 1"),
      std::string("origin = 'vm/other'"),
      std::string(
          "node = CAST(replace(CAST(node AS TEXT), '\"after\":[]', '\"after\":[\"x\"]') AS BLOB)"),
      std::string("key = own"), std::string("key_document = key_document || ' '"));
  lab.tamper("UPDATE applied SET " + change + where);
  INFO(change);
  std::unique_ptr<StateStore> store = lab.open();
  Result<change::Applied> applied = store->applied();
  REQUIRE_FALSE(applied);
  CHECK(applied.error().kind == ErrorKind::Corrupt);
  CHECK(applied.error().text().find("vm/web") != std::string::npos);
  CHECK(applied.error().text().find("state.db") != std::string::npos);
  CHECK_FALSE(store->find("vm/web"));
}

TEST_CASE("state: a newer schema is refused by readers and writers", "[state]") {
  DiskLab lab("newer");
  { std::unique_ptr<StateStore> store = lab.open(); }
  lab.tamper("PRAGMA user_version = 99");
  CHECK(open_state(lab.files, {lab.root}).error().kind == ErrorKind::Refused);
  CHECK(open_state_for_reading(lab.files, {lab.root}).error().kind == ErrorKind::Refused);
}

TEST_CASE("state: a database cut off before its first table reads as empty and is completed",
          "[state]") {
  DiskLab lab("cut-off");
  fs::create_directory(fs::path(lab.root) / ".vmplan");
  std::ofstream(lab.database()).close();
  CHECK(open_state_for_reading(lab.files, {lab.root}).value()->applied()->empty());
  lab.tamper("PRAGMA user_version = 0");
  CHECK(open_state_for_reading(lab.files, {lab.root}).value()->applied()->empty());
  CHECK(lab.open()->applied()->empty());
}

TEST_CASE("state: every flipped byte of the database is noticed or harmless", "[state][fault]") {
  DiskLab lab("flipped");
  const plan::Plan plan = sample();
  {
    std::unique_ptr<StateStore> store = lab.open();
    const RunId run = store->begin_run(a_run()).value();
    REQUIRE(put(*store, run, record_of(plan, "vm/web")));
    REQUIRE(put(*store, run, record_of(plan, "disk/web/root")));
  }
  std::ifstream in(lab.database(), std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(in), {});
  const change::Applied truth = lab.open()->applied().value();
  int noticed = 0;
  // Every byte is issue 6's; a stride that meets every page in many places is enough here.
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x20);
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(lab.database().string() + suffix);
    std::ofstream(lab.database(), std::ios::binary) << flipped;
    Result<std::unique_ptr<StateReader>> reader = open_state_for_reading(lab.files, {lab.root});
    Result<change::Applied> applied = reader ? (*reader)->applied() : fail(reader.error());
    if (!applied) {
      ++noticed;
      continue;
    }
    INFO("byte " << at);
    for (const auto& [id, node] : *applied) {
      CHECK(truth.contains(id));
      if (truth.contains(id)) CHECK(node.node == truth.at(id).node);
    }
  }
  CHECK(noticed > 50);
}

}  // namespace
}  // namespace vmplan::state
