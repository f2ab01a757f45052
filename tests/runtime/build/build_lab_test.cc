// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/build_lab.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "compiler/base/diagnostic_render.h"
#include "compiler/base/json_writer.h"
#include "compiler/plan/plan_file.h"
#include "runtime/build/build_output.h"
#include "runtime/build/open_lab.h"
#include "tests/support/scratch.h"

using namespace vmplan;

namespace {

std::string profile(const std::string& name, int memory_mb = 256) {
  return "schema_version = 1\n[vm]\nname = \"" + name +
         "\"\n[hardware]\narch = \"x86_64\"\ncores = 1\nmemory_mb = " + std::to_string(memory_mb) +
         "\nacceleration = \"tcg\"\n[[storage.disks]]\nname = \"root\"\npath = \"disks/" + name +
         ".qcow2\"\nformat = \"qcow2\"\nsize_gb = 1\nboot = true\n";
}

void write_lab(const test::Scratch& lab, int machines) {
  lab.write("vmplan.toml", "schema_version = 1\n[lab]\nname = \"lab\"\n");
  for (int i = 0; i < machines; ++i)
    lab.write("profiles/vm" + std::to_string(i) + ".toml", profile("vm" + std::to_string(i)));
}

std::unique_ptr<build::LabBuild> built(const std::string& path, unsigned jobs = 1) {
  Result<build::LabLocation> where = build::locate_lab(path);
  REQUIRE(where);
  build::BuildOptions options;
  options.jobs = jobs;
  Result<std::unique_ptr<build::LabBuild>> result = build::build_lab(*where, options);
  REQUIRE(result);
  return std::move(*result);
}

std::vector<std::string> ids(const build::BuildReport& report) {
  std::vector<std::string> out;
  for (const build::ChangedNode& node : report.changed) out.push_back(node.id);
  return out;
}

}  // namespace

TEST_CASE("build: the number of threads does not show in plan or lock", "[threads]") {
  test::Scratch lab("jobs");
  write_lab(lab, 60);
  std::unique_ptr<build::LabBuild> one = built(lab.path(), 1);
  REQUIRE(one->compiled);
  for (unsigned jobs : {2U, 7U}) {
    std::unique_ptr<build::LabBuild> many = built(lab.path(), jobs);
    CHECK(plan::write_plan(many->compiled->plan) == plan::write_plan(one->compiled->plan));
    CHECK(plan::write_lock(many->compiled->lock) == plan::write_lock(one->compiled->lock));
  }
}

TEST_CASE("build: a second build changes no file, an edit changes the nodes of its machine only") {
  test::Scratch lab("twice");
  write_lab(lab, 3);
  std::unique_ptr<build::LabBuild> first = built(lab.path());
  CHECK(build::compare_with_lock(*first, false)->changed.size() == 6);
  REQUIRE(build::write_outputs(*first));
  CHECK(lab.read(".vmplan/.gitignore") == "*\n");

  std::unique_ptr<build::LabBuild> second = built(lab.path());
  Result<build::BuildReport> same = build::compare_with_lock(*second, true);
  REQUIRE(same);
  CHECK(same->changed.empty());
  CHECK(same->lock_differences.empty());
  REQUIRE(same->previous);
  Result<os::FileInfo> before = second->files->stat("vmplan.lock");
  REQUIRE(build::write_outputs(*second));
  CHECK(*second->files->stat("vmplan.lock") == *before);

  lab.write("profiles/vm1.toml", profile("vm1", 512));
  std::unique_ptr<build::LabBuild> third = built(lab.path());
  CHECK(ids(*build::compare_with_lock(*third, false)) == std::vector<std::string>{"vm/vm1"});
}

TEST_CASE("build: a damaged lock file is named and written anew") {
  test::Scratch lab("damaged");
  write_lab(lab, 1);
  lab.write("vmplan.lock", "# vmplan lock 1\n<<<<<<< HEAD\n");
  std::unique_ptr<build::LabBuild> build = built(lab.path());
  Result<build::BuildReport> report = build::compare_with_lock(*build, false);
  REQUIRE(report);
  CHECK(report->lock_problem.find("vmplan.lock: line 2: a merge conflict") == 0);
  REQUIRE(build::write_outputs(*build));
  CHECK(build::compare_with_lock(*build, false)->lock_problem.empty());
}

TEST_CASE("build: a lab of one file keeps its lock and state under its own name") {
  test::Scratch lab("single");
  lab.write("web.toml", profile("web"));
  std::unique_ptr<build::LabBuild> build = built(lab / "web.toml");
  REQUIRE(build->compiled);
  CHECK(build->compiled->lab.state_dir == build::state_dir_of(build->where));
  CHECK(build->compiled->lab.lock_path == build::lock_path_of(build->where));
  REQUIRE(build::write_outputs(*build));
  CHECK(lab.exists("web.vmplan.lock"));
  CHECK(lab.exists(".vmplan/web/.gitignore"));
}

TEST_CASE("build: errors of several files come together, and there is no plan") {
  test::Scratch lab("errors");
  write_lab(lab, 2);
  lab.write("profiles/vm0.toml", profile("vm0") + "[hardware2]\n[serial]\nmode = 3\n");
  lab.write("profiles/vm1.toml", "schema_version = 1\n[vm\n");
  std::unique_ptr<build::LabBuild> build = built(lab.path());
  CHECK_FALSE(build->compiled);
  CHECK(build->diagnostics.error_count() >= 2);
}

TEST_CASE("build: a file that is a link to nothing is not taken for an absent one") {
  for (const char* name : {"vmplan.toml", "profiles/vm0.toml"}) {
    test::Scratch lab("dangling");
    write_lab(lab, 2);
    std::filesystem::remove(lab / name);
    lab.make_symlink(name, "nothing");
    std::unique_ptr<build::LabBuild> build = built(lab.path());
    CHECK_FALSE(build->compiled);
    REQUIRE(build->diagnostics.all().size() == 1);
    CHECK(build->diagnostics.all()[0].code == Code::FileNotReadable);
    CHECK(build->diagnostics.all()[0].detail.ends_with("is a symbolic link to nothing"));
  }
}

TEST_CASE("build: a dry run refuses to probe the host, because that starts a program") {
  test::Scratch lab("probe");
  write_lab(lab, 1);
  Result<build::LabLocation> where = build::locate_lab(lab.path());
  build::BuildOptions options;
  options.platform = "host";
  options.may_probe = false;
  Result<std::unique_ptr<build::LabBuild>> refused = build::build_lab(*where, options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::Refused);
}

TEST_CASE("build: a platform file below the lab decides, and an unknown name is refused") {
  test::Scratch lab("platform");
  write_lab(lab, 1);
  const model::Platform* tcg = model::find_platform("linux-x86_64-tcg");
  REQUIRE(tcg != nullptr);
  model::Platform own = *tcg;
  own.name = "ours/1";
  for (model::GuestMachine& guest : own.guests)
    if (guest.arch == "x86_64") guest.machine = "pc-q35-7.1";
  lab.write("platform.json", [&] {
    std::string text;
    append_canonical(text, model::to_json(own));
    return text;
  }());
  Result<build::LabLocation> where = build::locate_lab(lab.path());
  build::BuildOptions options;
  options.platform = "platform.json";
  Result<std::unique_ptr<build::LabBuild>> build = build::build_lab(*where, options);
  REQUIRE(build);
  REQUIRE((*build)->compiled);
  CHECK((*build)->compiled->lock.platform == "ours/1");
  options.platform = "no-such-platform";
  Result<std::unique_ptr<build::LabBuild>> refused = build::build_lab(*where, options);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::NotFound);
}

TEST_CASE("build: a named platform is no file, with its number or without") {
  test::Scratch lab("platform-number");
  write_lab(lab, 1);
  Result<build::LabLocation> where = build::locate_lab(lab.path());
  for (const char* name : {"linux-aarch64-tcg", "linux-aarch64-tcg/1"}) {
    build::BuildOptions options;
    options.platform = name;
    Result<std::unique_ptr<build::LabBuild>> build = build::build_lab(*where, options);
    REQUIRE(build);
    REQUIRE((*build)->compiled);
    CHECK((*build)->compiled->lock.platform == "linux-aarch64-tcg/1");
  }
}

TEST_CASE("build: a platform is named with or without its number, by the lab and by the user") {
  test::Scratch lab("numbered");
  write_lab(lab, 1);
  for (const char* name : {"linux-x86_64-tcg", "linux-x86_64-tcg/1"}) {
    build::BuildOptions options;
    options.platform = name;
    CHECK((*build::build_lab(*build::locate_lab(lab.path()), options))->compiled->lock.platform ==
          "linux-x86_64-tcg/1");
    lab.write("vmplan.toml",
              std::string("schema_version = 1\n[lab]\nplatform = \"") + name + "\"\n");
    std::unique_ptr<build::LabBuild> build = built(lab.path());
    REQUIRE(build->compiled);
    CHECK(build->compiled->lock.platform == "linux-x86_64-tcg/1");
  }
}

TEST_CASE("build: a platform of the lab that cannot be used is a finding at its place") {
  test::Scratch lab("unusable");
  write_lab(lab, 2);
  lab.write("profiles/vm1.toml", "schema_version = 1\n[vm\n");
  lab.write("broken.json", "{");
  for (const char* name : {"broken.json", "none.json", "linux-x86_64-tcg/2", "profiles/", "host"}) {
    lab.write("vmplan.toml",
              std::string("schema_version = 1\n[lab]\nplatform = \"") + name + "\"\n");
    build::BuildOptions options;
    options.may_probe = false;
    std::unique_ptr<build::LabBuild> build =
        std::move(*build::build_lab(*build::locate_lab(lab.path()), options));
    INFO(name << '\n' << render(build->diagnostics, build->sources));
    CHECK_FALSE(build->compiled);
    // It is said once, and hides nothing in another file.
    REQUIRE(build->diagnostics.all().size() == 2);
    const Diagnostic& finding = build->diagnostics.all()[1];
    CHECK(finding.code == Code::UnknownPlatform);
    CHECK(build->sources.locate(*finding.span).line == 3);
  }
}

TEST_CASE("locating a lab: directory, profile, vmplan.toml, upwards, and nothing") {
  test::Scratch place("locate");
  place.write("lab/vmplan.toml", "");
  place.make_directory("lab/deep/er");
  place.write("one/web.toml", "");
  CHECK(build::locate_lab(place / "lab")->root == place / "lab");
  CHECK(build::locate_lab(place / "lab/")->root == place / "lab");
  CHECK(build::locate_lab(place / "lab/vmplan.toml")->root == place / "lab");
  CHECK_FALSE(build::locate_lab(place / "lab/vmplan.toml")->single_file);
  CHECK(build::locate_lab(place / "one/web.toml")->single_file == "web.toml");
  CHECK(build::locate_lab(place / "none").error().kind == ErrorKind::NotFound);
  CHECK(build::locate_lab("/dev/null").error().kind == ErrorKind::Refused);
}

TEST_CASE("build: a lab opens without its plan, whatever is wrong with its profiles and platform") {
  test::Scratch lab("open");
  test::Scratch shared("shared");
  lab.write("profiles/web.toml", "no [profile");
  lab.write("vmplan.toml",
            "schema_version = 1\n[lab]\nname = \"shop\"\nplatform = \"host\"\n"
            "[paths]\nallow = [\"" +
                shared.path() + "\"]\n");
  Result<build::OpenLab> opened = build::open_lab(*build::locate_lab(lab.path()));
  REQUIRE(opened);
  CHECK(opened->name == "shop");
  CHECK(opened->paths_allow == std::vector<std::string>{shared.path()});
  CHECK(opened->root.make_directories(shared / "a", 0700));

  lab.write("vmplan.toml", "no [lab");
  opened = build::open_lab(*build::locate_lab(lab.path()));
  REQUIRE(opened);
  CHECK(opened->name == "lab");
  CHECK(opened->paths_allow.empty());

  // A lab of one file has the name of its file, and nothing of a vmplan.toml beside it.
  opened = build::open_lab(*build::locate_lab(lab / "profiles/web.toml"));
  REQUIRE(opened);
  CHECK(opened->name == "web");
}
