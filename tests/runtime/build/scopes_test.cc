// SPDX-License-Identifier: Apache-2.0
// Profiles outside the lab: where they are looked for, in which order, and what is left alone.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "compiler/base/diagnostic_render.h"
#include "compiler/plan/lock_file.h"
#include "compiler/plan/plan_file.h"
#include "runtime/build/build_lab.h"
#include "runtime/build/build_output.h"
#include "runtime/build/locate_profile.h"
#include "tests/support/sample_profile.h"
#include "tests/support/scratch.h"

using namespace vmplan;
namespace fs = std::filesystem;

namespace {

/// A lab `lab`, and directories `user` and `system` for the two scopes.
struct Places {
  explicit Places(const std::string& name) : scratch(name) {
    fs::create_directories(scratch / "lab");
    paths = {scratch / "user", scratch / "system"};
  }

  void add(const std::string& file, const std::string& machine) const {
    scratch.write(file, test::sample_profile(machine));
  }
  build::LocatedProfile find(const std::string& profile) const {
    auto found = build::locate_profile(profile, scratch / "lab", paths);
    REQUIRE(found);
    return std::move(*found);
  }
  std::unique_ptr<build::LabBuild> built(const build::LabLocation& where) const {
    build::BuildOptions options;
    options.scopes = paths;
    auto result = build::build_lab(where, options);
    REQUIRE(result);
    return std::move(*result);
  }

  test::Scratch scratch;
  build::ScopePaths paths;
};

bool says(const Diagnostics& found, Code code) {
  return std::any_of(found.all().begin(), found.all().end(),
                     [&](const Diagnostic& one) { return one.code == code; });
}

using Variables = std::map<std::string, std::string>;

std::string user_directory(const Variables& set) {
  return build::scope_paths([&](const char* name) -> std::optional<std::string> {
           auto found = set.find(name);
           return found == set.end() ? std::nullopt : std::optional(found->second);
         })
      .user;
}

}  // namespace

TEST_CASE("scopes: the user's profiles are where XDG says, and nowhere without a home") {
  CHECK(user_directory({{"XDG_CONFIG_HOME", "/c"}, {"HOME", "/h"}}) == "/c/vmplan/profiles");
  CHECK(user_directory({{"HOME", "/h"}}) == "/h/.config/vmplan/profiles");
  CHECK(user_directory({{"XDG_CONFIG_HOME", ""}, {"HOME", "/h"}}) == "/h/.config/vmplan/profiles");
  CHECK(user_directory({{"XDG_CONFIG_HOME", "relative"}, {"HOME", "/h"}}) ==
        "/h/.config/vmplan/profiles");
  CHECK(user_directory({}).empty());
  CHECK(user_directory({{"HOME", "relative"}}).empty());
  CHECK(build::ScopePaths().system == "/etc/vmplan/profiles");
}

TEST_CASE("scopes: the lab comes before the user, the user before the system") {
  Places places("precedence");
  places.add("system/web.toml", "web");
  CHECK(places.find("web").where->scope == model::Scope::System);
  CHECK(places.find("web").diagnostics.empty());

  places.add("user/web.toml", "web");
  build::LocatedProfile of_user = places.find("web");
  CHECK(of_user.where->scope == model::Scope::User);
  CHECK(of_user.where->root == fs::canonical(places.scratch / "lab").string());
  CHECK(says(of_user.diagnostics, Code::ProfileHidden));

  places.add("lab/profiles/front.toml", "web");
  build::LocatedProfile of_lab = places.find("web");
  CHECK(of_lab.where->scope == model::Scope::Project);
  CHECK_FALSE(of_lab.where->single_file);
  CHECK(of_lab.source == "profiles/front.toml");
  CHECK(of_lab.diagnostics.warning_count() == 2);
}

TEST_CASE(
    "scopes: a profile is found by its file too, and hidden files and subdirectories are not") {
  Places places("stems");
  places.add("lab/profiles/front.toml", "web");
  places.add("user/.secret.toml", "secret");
  places.add("user/more/deep.toml", "deep");
  places.add("user/text.txt", "text");
  CHECK(places.find("front").where->scope == model::Scope::Project);
  for (const char* name : {"secret", ".secret", "deep", "more/deep", "text",
                           "../lab/profiles/front", "", "*", "nothing"}) {
    INFO(name);
    build::LocatedProfile found = places.find(name);
    CHECK_FALSE(found.where);
    CHECK(says(found.diagnostics, Code::ProfileNotFound));
  }
}

TEST_CASE("scopes: looking for a profile writes nothing, not even a directory") {
  Places places("nothing");
  (void)places.find("web");
  CHECK_FALSE(places.scratch.exists("user"));
  CHECK_FALSE(places.scratch.exists("system"));
  CHECK(fs::is_empty(places.scratch / "lab"));
}

TEST_CASE("scopes: a profile of the user is a lab of one in the place that was asked about") {
  Places places("lab-of-one");
  places.add("user/dev.toml", "dev");
  auto build = places.built(*places.find("dev").where);
  REQUIRE(build->compiled);
  CHECK(build->compiled->lab.name == "dev");
  CHECK(build->compiled->plan.profiles.at("dev").source == "user:dev.toml");
  REQUIRE(build::write_outputs(*build));
  CHECK(places.scratch.exists("lab/dev.vmplan.lock"));
  CHECK(places.scratch.exists("lab/.vmplan/dev/.gitignore"));
}

TEST_CASE("scopes: where the user's directory is shows in no byte of plan and lock") {
  std::vector<std::string> plans;
  for (const char* name : {"one", "another"}) {
    Places places(name);
    places.add("user/dev.toml", "dev");
    places.scratch.write("lab/vmplan.toml",
                         "schema_version = 1\n[lab]\nname = \"lab\"\nscopes = [\"user\"]\n");
    auto build = places.built(*places.find("dev").where);
    REQUIRE(build->compiled);
    plans.push_back(plan::write_plan(build->compiled->plan) +
                    plan::write_lock(build->compiled->lock));
  }
  CHECK(plans.front() == plans.back());
}

TEST_CASE("scopes: a lab takes the profiles of the scopes that it names, and of no others") {
  Places places("taken");
  places.add("lab/profiles/web.toml", "web");
  places.add("user/web.toml", "web");
  places.add("user/dev.toml", "dev");
  places.add("system/base.toml", "base");
  build::LabLocation where{places.scratch / "lab", std::nullopt};
  auto machines = [&](const std::string& scopes) {
    places.scratch.write("lab/vmplan.toml", "schema_version = 1\n[lab]\nname = \"lab\"\n" + scopes);
    auto build = places.built(where);
    REQUIRE(build->compiled);
    std::vector<std::string> names;
    for (const auto& [name, profile] : build->compiled->plan.profiles) names.push_back(name);
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(machines("") == Names{"web"});
  CHECK(machines("scopes = []\n") == Names{"web"});
  CHECK(machines("scopes = [\"project\"]\n") == Names{"web"});
  CHECK(machines("scopes = [\"user\"]\n") == Names{"dev", "web"});
  CHECK(machines("scopes = [\"system\", \"user\"]\n") == Names{"base", "dev", "web"});
}

TEST_CASE("scopes: links may lead anywhere, as people keep their configuration") {
  Places places("links");
  places.add("dotfiles/dev.toml", "dev");
  fs::create_directories(places.scratch / "user");
  fs::create_symlink("../dotfiles/dev.toml", places.scratch / "user/dev.toml");
  fs::create_symlink(places.scratch / "dotfiles/dev.toml", places.scratch / "user/absolute.toml");
  CHECK(places.built(*places.find("dev").where)->compiled);
  CHECK(places.built(*places.find("absolute").where)->compiled);
}

TEST_CASE("scopes: a profile of the lab that cannot be read is not passed over for the user's") {
  Places places("unreadable");
  places.add("user/web.toml", "web");
  places.add("lab/profiles/db.toml", "db");
  fs::create_directories(places.scratch / "lab/profiles/web.toml");
  build::LocatedProfile found = places.find("web");
  CHECK_FALSE(found.where);
  CHECK(says(found.diagnostics, Code::FileNotReadable));
}

TEST_CASE("scopes: a directory that is none, or a profile that cannot be read, is a finding") {
  Places places("odd");
  places.scratch.write("user", "a file");
  build::LocatedProfile found = places.find("web");
  CHECK_FALSE(found.where);
  CHECK(says(found.diagnostics, Code::FileNotReadable));

  places.add("system/dev.toml", "dev");
  fs::remove(places.scratch / "user");
  fs::create_directories(places.scratch / "user/dev.toml");
  auto build = places.built(*places.find("dev").where);
  CHECK_FALSE(build->compiled);
  CHECK(says(build->diagnostics, Code::FileNotReadable));
}

TEST_CASE("scopes: what is left of a lab of one is found without its file") {
  test::Scratch lab("left");
  CHECK_FALSE(build::applied_without_file(lab.path(), "dev"));
  // Other files of vmplan are no lab.
  lab.write(".vmplan/cache/digests", "");
  CHECK_FALSE(build::applied_without_file(lab.path(), "cache"));
  lab.write(".vmplan/dev/state.db", "");
  auto found = build::applied_without_file(lab.path(), "dev");
  REQUIRE(found);
  CHECK(build::state_dir_of(*found) == ".vmplan/dev");
  CHECK_FALSE(build::applied_without_file(lab.path(), "../dev"));
}
