// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/migrate.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/base/diagnostic_render.h"
#include "compiler/syntax/read_toml.h"
#include "tests/support/toml_text.h"

using namespace vmplan;
using model::EditKind;
using model::FileKind;
using model::Migration;
using model::MigrationEdit;
using model::MigrationProposal;

namespace {

/// What a text becomes, or what is wrong with it.
struct Run {
  SourceMap sources;
  Diagnostics diagnostics;
  std::optional<MigrationProposal> proposal;

  explicit Run(const std::string& text, FileKind file = FileKind::Profile,
               std::span<const Migration> table = model::migrations(),
               std::int64_t target = model::kSchemaVersion) {
    SourceId id = sources.add("web.toml", text);
    proposal = model::propose_migration(sources, id, file, diagnostics, table, target);
    CHECK(proposal.has_value() != diagnostics.has_errors());
  }
  std::string text() const {
    INFO(render(diagnostics, sources));
    REQUIRE(proposal);
    return proposal->text;
  }
  std::string rendered() const { return render(diagnostics, sources); }
};

std::string migrated(const std::string& text) { return Run(text).text(); }

// A language with three more versions, for what the real one has not needed yet.
constexpr MigrationEdit kToTwo[] = {
    {EditKind::Move, "vm.memory", "hardware.memory_mb"},
    {EditKind::Replace, "storage.disks[].bus", "\"virtio-blk\"", "\"virtio\""},
    {EditKind::Drop, "hardware.rng"},
};
constexpr MigrationEdit kToThree[] = {{EditKind::Rename, "hardware.memory_mb", "memory_mib"}};
constexpr Migration kLater[] = {{FileKind::Profile, 1, kToTwo}, {FileKind::Profile, 2, kToThree}};

Run later(const std::string& text, std::int64_t target = 2) {
  return Run(text, FileKind::Profile, kLater, target);
}

}  // namespace

TEST_CASE("migrate: the draft's spellings become those of version 1, and nothing else changes") {
  CHECK(migrated("# The web server.\n"
                 "\n"
                 "[vm]\n"
                 "name = \"web\"   # as in DNS\n"
                 "[hardware]\n"
                 "cpus=2\n"
                 "\"memory\"  =  512 # enough\n"
                 "accel = \"tcg\"\n"
                 "\n"
                 "[[storage.disks]]\n"
                 "file = \"a\" \n"
                 "[[storage.disks]]\n"
                 "size = 1\n"
                 "[other]\n"
                 "memory = 1\n") ==
        "# The web server.\n"
        "\n"
        "schema_version = 1\n"
        "\n"
        "[vm]\n"
        "name = \"web\"   # as in DNS\n"
        "[hardware]\n"
        "cores=2\n"
        "memory_mb  =  512 # enough\n"
        "acceleration = \"tcg\"\n"
        "\n"
        "[[storage.disks]]\n"
        "path = \"a\" \n"
        "[[storage.disks]]\n"
        "size_gb = 1\n"
        "[other]\n"
        "memory = 1\n");
}

TEST_CASE("migrate: every way to write a key is found") {
  CHECK(migrated("schema_version = 0\nhardware.memory = 1\nstorage = { disks = [{ file = 'a' }, { "
                 "'size' = 2 }] }\n") ==
        "schema_version = 1\nhardware.memory_mb = 1\nstorage = { disks = [{ path = 'a' }, { "
        "size_gb = 2 }] }\n");
  CHECK(migrated("hardware = { memory = 1, cpus = 2 }\n[storage]\ndisks = [\n  { file = 'a' },  # "
                 "x\n]\n") ==
        "schema_version = 1\nhardware = { memory_mb = 1, cores = 2 }\n[storage]\ndisks = [\n  { "
        "path = 'a' },  # x\n]\n");
  CHECK(migrated("[\"hardware\"]\n\"m\\u0065mory\" = 1\n") ==
        "schema_version = 1\n\n[\"hardware\"]\nmemory_mb = 1\n");
  CHECK(migrated("[hardware.memory]\nx = 1\n[hardware.memory.y]\n") ==
        "schema_version = 1\n\n[hardware.memory_mb]\nx = 1\n[hardware.memory_mb.y]\n");
}

TEST_CASE("migrate: where the version goes") {
  CHECK(migrated("") == "schema_version = 1\n");
  CHECK(migrated("# nothing") == "# nothing\nschema_version = 1\n");
  CHECK(migrated("# a\n[vm]\n") == "# a\nschema_version = 1\n\n[vm]\n");
  CHECK(migrated("#:schema x\n\n# about vm\n[vm]\n") ==
        "#:schema x\n\nschema_version = 1\n\n# about vm\n[vm]\n");
  CHECK(migrated("# a\n\nvm.name = 1\n") == "# a\n\nschema_version = 1\nvm.name = 1\n");
  CHECK(migrated("\xEF\xBB\xBF[vm]\r\n") == "\xEF\xBB\xBFschema_version = 1\r\n\r\n[vm]\r\n");
  CHECK(migrated("schema_version = 0x0 # draft") == "schema_version = 1 # draft");
  CHECK(Run("[lab]\nname = 'x'\n", FileKind::LabFile).text() ==
        "schema_version = 1\n\n[lab]\nname = 'x'\n");
  CHECK(Run("[hardware]\nmemory = 1\n", FileKind::LabFile).text() ==
        "schema_version = 1\n\n[hardware]\nmemory = 1\n");
}

TEST_CASE("migrate: a file of version 1 is left as it is") {
  Run run("schema_version = 1\n[hardware]\nmemory = 1\n");
  CHECK(run.text() == "schema_version = 1\n[hardware]\nmemory = 1\n");
  CHECK_FALSE(run.proposal->is_needed());
}

TEST_CASE("VP0311: both spellings of a key are a conflict, one for each disk, not guessed") {
  Run run(
      "[hardware]\nmemory = 1\nmemory_mb = 2\n[[storage.disks]]\nfile = 'a'\n[[storage.disks]]\n"
      "path = 'b'\n[[storage.disks]]\npath = 'c'\nfile = 'c'\n");
  CHECK(run.rendered() ==
        "error[VP0311]: `hardware.memory` would become `hardware.memory_mb`, which is there "
        "already\n"
        "   --> web.toml:2:1\n"
        "    |\n"
        "  2 | memory = 1\n"
        "    | ^^^^^^ the spelling of version 0\n"
        "    = note: the other one\n"
        "   --> web.toml:3:1\n"
        "    |\n"
        "  3 | memory_mb = 2\n"
        "    | ^^^^^^^^^\n"
        "    = help: keep the one that is right; vmplan does not guess\n"
        "\n"
        "error[VP0311]: `storage.disks.file` would become `storage.disks.path`, which is there "
        "already\n"
        "    --> web.toml:10:1\n"
        "     |\n"
        "  10 | file = 'c'\n"
        "     | ^^^^ the spelling of version 0\n"
        "     = note: the other one\n"
        "   --> web.toml:9:1\n"
        "    |\n"
        "  9 | path = 'c'\n"
        "    | ^^^^\n"
        "     = help: keep the one that is right; vmplan does not guess\n");
}

TEST_CASE("migrate: versions that are not known, and files that cannot be read") {
  CHECK(Run("schema_version = 2\n").rendered() ==
        "error[VP0306]: schema version 2 is not known\n"
        "   --> web.toml:1:18\n"
        "    |\n"
        "  1 | schema_version = 2\n"
        "    |                  ^ this vmplan reads version 1\n"
        "    = help: use a newer vmplan, or write the file in version 1: `schema_version = 1`\n");
  CHECK(Run("schema_version = -1\n").diagnostics.all()[0].suggestion ==
        "write `schema_version = 1`");
  CHECK(Run("schema_version = '0'\n").diagnostics.all()[0].code == Code::WrongType);
  CHECK(Run(std::string(4U << 20U, '\n')).diagnostics.all()[0].code == Code::FileTooLarge);
  CHECK(Run("schema_version = \n").diagnostics.all()[0].code == Code::TomlSyntax);
}

TEST_CASE("migrate: a moved key takes its comments along, to a table that is there or not") {
  CHECK(
      later("schema_version = 1\n[vm]\nname = 1\n# how much\nmemory = 512  # MB\n[hardware]\ncores "
            "= 1\n\n[serial]\n")
          .text() ==
      "schema_version = 2\n[vm]\nname = 1\n[hardware]\ncores = 1\n# how much\nmemory_mb = 512  # "
      "MB\n\n[serial]\n");
  CHECK(later("schema_version = 1\n[vm]\nmemory = 512").text() ==
        "schema_version = 2\n[vm]\n\n[hardware]\nmemory_mb = 512\n");
  CHECK(
      later("schema_version = 1\n[vm]\nmemory = 512\n[hardware.numa]\nx = 1\n[hardware]").text() ==
      "schema_version = 2\n[vm]\n[hardware.numa]\nx = 1\n[hardware]\nmemory_mb = 512\n");
}

TEST_CASE("VP0311: a key that cannot be moved or dropped as it is written") {
  CHECK(later("schema_version = 1\nhardware.cores = 1\n[vm]\nmemory = 512\n").rendered() ==
        "error[VP0311]: `vm.memory` cannot be migrated as it is written\n"
        "   --> web.toml:4:1\n"
        "    |\n"
        "  4 | memory = 512\n"
        "    | ^^^^^^ `hardware` is no plain `[table]`\n"
        "    = help: write the key on a line of its own below its `[table]`, and try again\n");
  for (std::string text :
       {"vm = { memory = 512 }\n", "vm.memory = 512\n", "[vm]\nmemory.x = 512\n",
        "hardware = { rng = 1 }\n", "[hardware.rng]\n", "[vm]\nmemory = 1\n[[hardware]]\n",
        "[vm]\nmemory = 1\n[hardware]\nmemory_mb = 2\n"}) {
    CAPTURE(text);
    Run run = later("schema_version = 1\n" + text);
    REQUIRE(run.diagnostics.all().size() == 1);
    CHECK(run.diagnostics.all()[0].code == Code::MigrationConflict);
  }
}

TEST_CASE("migrate: values are replaced where they are the old one") {
  CHECK(later("schema_version = 1\n[[storage.disks]]\nbus = 'virtio' # x\n[[storage.disks]]\nbus = "
              "\"ide\"\n")
            .text() ==
        "schema_version = 2\n[[storage.disks]]\nbus = \"virtio-blk\" # x\n[[storage.disks]]\nbus = "
        "\"ide\"\n");
}

TEST_CASE("migrate: what is dropped is lossy, and only where it stands") {
  Run run = later("schema_version = 1\n[hardware]\n# random\nrng = true  # y\ncores = 1\n");
  CHECK(run.text() == "schema_version = 2\n[hardware]\ncores = 1\n");
  CHECK(run.proposal->is_lossy());
  REQUIRE(run.proposal->edits.size() == 1);
  CHECK(run.proposal->edits[0].edit.path == "hardware.rng");
  CHECK(run.proposal->edits[0].count == 1);
  CHECK_FALSE(later("schema_version = 1\n[hardware]\ncores = 1\n").proposal->is_lossy());
}

TEST_CASE("migrate: versions are taken one after the other") {
  Run run = later("schema_version = 1\n[vm]\nmemory = 512\n", 3);
  CHECK(run.text() == "schema_version = 3\n[vm]\n\n[hardware]\nmemory_mib = 512\n");
  CHECK(run.proposal->from == 1);
  CHECK(run.proposal->to == 3);
  Run conflict = later("schema_version = 1\n[vm]\nmemory = 512\n[hardware]\nmemory_mib = 1\n", 3);
  CHECK(conflict.rendered().find("--> web.toml in version 2:") != std::string::npos);
}

TEST_CASE("property: whatever is migrated is of version 1, and migrating again does nothing") {
  CHECK(rc::check([](std::uint64_t seed) {
    Run once(test::random_toml(seed));
    if (!once.proposal) return;  // the text itself has the key of version 1
    RC_ASSERT(once.proposal->to == 1);
    Run twice(once.proposal->text);
    RC_ASSERT(twice.proposal && !twice.proposal->is_needed());
    RC_ASSERT(twice.proposal->text == once.proposal->text);
  }));
}
