// SPDX-License-Identifier: Apache-2.0
// Golden diagnostics: tests/golden/diagnostics/CASE/lab/ goes through the model, and the rendered
// findings are compared with CASE/diagnostics.txt byte for byte. A lab that holds one file only,
// not in a directory, is a lab of one file. CASE/platform.json, where there is one, is the
// platform. VMPLAN_ACCEPT=1 rewrites, and fails.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "compiler/base/diagnostic_reference.h"
#include "compiler/base/json_read.h"
#include "tests/support/golden.h"
#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(VMPLAN_SOURCE_DIR) / "tests/golden/diagnostics";
const fs::path kReference = fs::path(VMPLAN_SOURCE_DIR) / "docs/diagnostics.md";

/// Codes whose files cannot be kept as text or that another command raises; the named test raises
/// each of them.
const std::set<std::string> kGeneratedCases = {
    "VP0102",  // tests/compiler/syntax/toml_guard_test.cc: a byte that is not UTF-8
    "VP0103",  // tests/compiler/syntax/toml_guard_test.cc: more than 4 MiB
    "VP0104",  // tests/compiler/syntax/toml_guard_test.cc: 200 kB of dots
    "VP0311",  // tests/compiler/model/migrate_test.cc: raised by `vmplan migrate` alone
};

struct Case {
  fs::path directory;
  MemoryFileReader files;
  model::LabRequest request;
};

void read_case(const fs::path& directory, Case& out) {
  out.directory = directory;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(directory / "lab")) {
    if (!entry.is_regular_file() || entry.path().filename() == ".gitkeep") continue;
    paths.push_back(fs::relative(entry.path(), directory / "lab").generic_string());
    out.files.add(paths.back(), slurp(entry.path()));
  }
  if (paths.size() == 1 && paths[0].find('/') == std::string::npos && paths[0] != "vmplan.toml") {
    out.request.single_file = true;
    out.request.path = paths[0];
  }
  if (fs::exists(directory / "platform.json")) {
    auto document = read_foreign_json(slurp(directory / "platform.json"));
    REQUIRE(document);
    auto platform = model::platform_from_json(*document);
    REQUIRE(platform);
    out.request.platform_override = *platform;
  }
}

std::vector<fs::path> case_directories() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(kGolden)) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

/// Ids in headings: "## VP0101: ..." and "error[VP0101]: ...".
std::set<std::string> ids_in(const std::string& text, const std::string& before) {
  std::set<std::string> out;
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1))
    out.insert(text.substr(at + before.size(), 6));
  return out;
}

}  // namespace

TEST_CASE("golden diagnostics") {
  for (const fs::path& directory : case_directories()) {
    DYNAMIC_SECTION(directory.filename().string()) {
      Case golden;
      read_case(directory, golden);
      ModelRun run = run_model(golden.files, golden.request);
      check_golden(directory / "diagnostics.txt", run.rendered());
      CHECK(run.lab.has_value() == !run.diagnostics.has_errors());
    }
  }
}

TEST_CASE("every code has a golden case and a paragraph, and nothing else has") {
  std::set<std::string> known;
  for (const CodeInfo& code : all_codes()) known.insert(std::string(code.id));
  std::set<std::string> shown = kGeneratedCases;
  for (const fs::path& directory : case_directories()) {
    std::string text = slurp(directory / "diagnostics.txt");
    shown.merge(ids_in(text, "error["));
    shown.merge(ids_in(text, "warning["));
  }
  CHECK(shown == known);
  CHECK(ids_in(slurp(kReference), "\n## ") == known);
}

TEST_CASE("docs/diagnostics.md is what the code table says") {
  check_golden(kReference, diagnostics_reference());
}

TEST_CASE("findings are the same on every run, and say what to do") {
  for (const fs::path& directory : case_directories()) {
    Case golden;
    read_case(directory, golden);
    ModelRun once = run_model(golden.files, golden.request);
    ModelRun again = run_model(golden.files, golden.request);
    CHECK(once.rendered() == again.rendered());
    for (const Diagnostic& finding : once.diagnostics.all()) {
      INFO(directory.filename().string() << ": " << finding.summary);
      CHECK_FALSE(finding.summary.ends_with('.'));
      CHECK_FALSE(finding.detail.ends_with('.'));
      CHECK_FALSE(finding.suggestion.empty());
    }
  }
}
