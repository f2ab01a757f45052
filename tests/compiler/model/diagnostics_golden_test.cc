// SPDX-License-Identifier: Apache-2.0
// Golden diagnostics: tests/golden/diagnostics/CASE/lab/ goes through the model, and the rendered
// findings are compared with CASE/diagnostics.txt byte for byte. VMPLAN_ACCEPT=1 rewrites, and
// fails.
#include <catch2/catch.hpp>
#include <set>

#include "compiler/base/diagnostic_reference.h"
#include "tests/support/golden.h"
#include "tests/support/golden_lab.h"
#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;
namespace fs = std::filesystem;

namespace {

const char* const kKind = "diagnostics";
const fs::path kReference = fs::path(VMPLAN_SOURCE_DIR) / "docs/diagnostics.md";

/// Codes whose files cannot be kept as text or that another command raises; the named test raises
/// each of them.
const std::set<std::string> kGeneratedCases = {
    "VP0102",  // tests/compiler/syntax/toml_guard_test.cc: a byte that is not UTF-8
    "VP0103",  // tests/compiler/syntax/toml_guard_test.cc: more than 4 MiB
    "VP0104",  // tests/compiler/syntax/toml_guard_test.cc: 200 kB of dots
    "VP0311",  // tests/compiler/model/migrate_test.cc: raised by `vmplan migrate` alone
};

/// Ids in headings: "## VP0101: ..." and "error[VP0101]: ...".
std::set<std::string> ids_in(const std::string& text, const std::string& before) {
  std::set<std::string> out;
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1))
    out.insert(text.substr(at + before.size(), 6));
  return out;
}

ModelRun run_golden(const GoldenLab& golden) {
  if (golden.asked.empty()) return run_model(golden.files, golden.request);
  return run_model_of_profile(golden.asked, golden.files, golden.request);
}

}  // namespace

TEST_CASE("golden diagnostics") {
  for (const fs::path& directory : golden_cases(kKind)) {
    DYNAMIC_SECTION(directory.filename().string()) {
      GoldenLab golden(directory);
      ModelRun run = run_golden(golden);
      check_golden(directory / "diagnostics.txt", run.rendered());
      CHECK(run.lab.has_value() == !run.diagnostics.has_errors());
    }
  }
}

TEST_CASE("every code has a golden case and a paragraph, and nothing else has") {
  std::set<std::string> known;
  for (const CodeInfo& code : all_codes()) known.insert(std::string(code.id));
  std::set<std::string> shown = kGeneratedCases;
  for (const fs::path& directory : golden_cases(kKind)) {
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
  for (const fs::path& directory : golden_cases(kKind)) {
    GoldenLab golden(directory);
    ModelRun once = run_golden(golden);
    ModelRun again = run_golden(golden);
    CHECK(once.rendered() == again.rendered());
    for (const Diagnostic& finding : once.diagnostics.all()) {
      INFO(directory.filename().string() << ": " << finding.summary);
      CHECK_FALSE(finding.summary.ends_with('.'));
      CHECK_FALSE(finding.detail.ends_with('.'));
      CHECK_FALSE(finding.suggestion.empty());
    }
  }
}
