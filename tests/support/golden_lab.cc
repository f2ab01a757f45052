// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden_lab.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "tests/support/golden.h"

namespace vmplan::test {
namespace fs = std::filesystem;

std::vector<fs::path> golden_cases(std::string_view kind) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(in_tree("tests/golden")) / kind))
    out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

namespace {

/// Paths of the files below a directory; none when there is no such directory.
std::vector<std::string> read_into(MemoryFileReader& files, const fs::path& root) {
  std::vector<std::string> paths;
  if (!fs::exists(root)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || entry.path().filename() == ".gitkeep") continue;
    paths.push_back(fs::relative(entry.path(), root).generic_string());
    files.add(paths.back(), slurp(entry.path()));
  }
  return paths;
}

}  // namespace

GoldenLab::GoldenLab(fs::path place) : directory(std::move(place)) {
  std::vector<std::string> paths = read_into(files, directory / "lab");
  read_into(user, directory / "user");
  read_into(system, directory / "system");
  request.scopes = {{model::Scope::User, "/home/ada/.config/vmplan/profiles", &user},
                    {model::Scope::System, "/etc/vmplan/profiles", &system}};
  if (fs::exists(directory / "asked")) {
    std::string line = slurp(directory / "asked");
    asked = line.substr(0, line.find('\n'));
  }
  if (paths.size() == 1 && paths[0].find('/') == std::string::npos && paths[0] != "vmplan.toml") {
    request.single_file = true;
    request.path = paths[0];
  }
  if (fs::exists(directory / "platform.json")) {
    auto document = read_foreign_json(slurp(directory / "platform.json"));
    REQUIRE(document);
    auto platform = model::platform_from_json(*document);
    REQUIRE(platform);
    request.platform_override = *platform;
  }
}

}  // namespace vmplan::test
