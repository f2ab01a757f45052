// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/toml_files.h"

#include <catch2/catch.hpp>

#include "tests/support/faulty_file_system.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/scratch.h"

using namespace vmplan;

namespace {

std::unique_ptr<build::TomlFiles> found(const std::vector<std::string>& paths) {
  Result<std::unique_ptr<build::TomlFiles>> files = build::find_toml_files(paths);
  REQUIRE(files);
  return std::move(*files);
}

std::vector<std::string> targets(const build::TomlFiles& read) {
  std::vector<std::string> out;
  for (const build::TomlFile& file : read.files) out.push_back(file.target);
  return out;
}

/// One file in memory, as find_toml_files() would give it.
struct MemoryLab {
  test::MemoryFileSystem memory;
  test::FaultyFileSystem faulty{memory};
  SourceMap sources;
  build::TomlFile file;

  MemoryLab() {
    memory.put("web.toml", "old", 0640);
    file = {sources.add("web.toml", "old"),
            model::FileKind::Profile,
            "/lab/web.toml",
            "web.toml",
            0640,
            &faulty};
  }
};

}  // namespace

TEST_CASE("toml files: vmplan.toml first, then the profiles it names, and no file twice") {
  test::Scratch lab("toml-files");
  lab.write("vmplan.toml", "[lab]\nprofiles = [\"b/*.toml\", \"a/*.toml\"]\n");
  for (const char* path : {"a/x.toml", "b/y.toml", "profiles/z.toml"}) lab.write(path, "");
  lab.make_symlink("b/link.toml", "y.toml");
  auto read = found({lab.path(), lab / "a/x.toml", lab / "vmplan.toml"});
  CHECK(read->diagnostics.empty());
  CHECK(targets(*read) ==
        std::vector<std::string>{lab / "vmplan.toml", lab / "a/x.toml", lab / "b/y.toml"});
  CHECK(read->files[0].kind == model::FileKind::LabFile);
  CHECK(read->files[1].kind == model::FileKind::Profile);
  CHECK(read->places.size() == 1);
  CHECK(targets(*found({lab / "profiles/z.toml"})) ==
        std::vector<std::string>{lab / "profiles/z.toml"});
}

TEST_CASE("toml files: a text is replaced with its mode, unless it was changed meanwhile") {
  MemoryLab lab;
  REQUIRE(build::replace_text(lab.file, lab.sources, "new"));
  CHECK(lab.memory.bytes("web.toml") == "new");
  CHECK(lab.memory.stat("web.toml")->mode == 0640);
  Status again = build::replace_text(lab.file, lab.sources, "newer");
  REQUIRE_FALSE(again);
  CHECK(again.error().text() ==
        "`web.toml` was changed meanwhile and is left as it is; run the command again");
  CHECK(lab.memory.bytes("web.toml") == "new");
}

TEST_CASE("toml files: a backup is made once and never replaces anything") {
  MemoryLab lab;
  CHECK(build::has_backup(lab.file, lab.sources, ".bak").value() == false);
  REQUIRE(build::make_backup(lab.file, lab.sources, ".bak"));
  CHECK(lab.memory.everything() == std::vector<std::string>{"/lab/web.toml", "/lab/web.toml.bak"});
  CHECK(lab.memory.bytes("web.toml.bak") == "old");
  CHECK(lab.memory.stat("web.toml.bak")->mode == 0640);
  CHECK(build::has_backup(lab.file, lab.sources, ".bak").value() == true);
  REQUIRE(build::make_backup(lab.file, lab.sources, ".bak"));
  lab.memory.put("web.toml.bak", "mine");
  CHECK(build::make_backup(lab.file, lab.sources, ".bak").error().kind == ErrorKind::Exists);
  CHECK(lab.memory.bytes("web.toml.bak") == "mine");
}

TEST_CASE("toml files: wherever a call fails, the file or its backup holds the old text") {
  for (auto when : {test::FaultyFileSystem::When::Before, test::FaultyFileSystem::When::After}) {
    int failed = 0;
    for (int call = 1;; ++call) {
      MemoryLab lab;
      lab.faulty.fail_call(call, {ErrorKind::NoSpace, "injected"}, when);
      Status done = build::make_backup(lab.file, lab.sources, ".bak");
      if (done) done = build::replace_text(lab.file, lab.sources, "new");
      if (done && lab.faulty.calls() < call) break;
      if (!done) ++failed;
      CAPTURE(call);
      if (lab.memory.bytes("web.toml") != "old") {
        CHECK(lab.memory.bytes("web.toml") == "new");
        CHECK(lab.memory.bytes("web.toml.bak") == "old");
      }
      // A second run finishes what the first one could not.
      lab.faulty.fail_call(0);
      REQUIRE(lab.memory.bytes("web.toml"));
      if (lab.memory.bytes("web.toml") != "old") continue;
      REQUIRE(build::make_backup(lab.file, lab.sources, ".bak"));
      REQUIRE(build::replace_text(lab.file, lab.sources, "new"));
      CHECK(lab.memory.bytes("web.toml.bak") == "old");
    }
    CHECK(failed >= 5);
  }
}
