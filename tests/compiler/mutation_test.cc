// SPDX-License-Identifier: Apache-2.0
// Spoiled labs through the whole compiler: whatever stands in a file, there is a plan that verifies
// or there are findings with code and place, and the same ones every time. What only a process can
// show (time, memory, signals, files that are no files) is tests/e2e/mutations_test.py.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "compiler/base/diagnostic_render.h"
#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"
#include "compiler/compile.h"
#include "compiler/plan/plan_file.h"
#include "compiler/plan/verify.h"
#include "tests/support/memory_file_reader.h"
#include "tests/support/serial.h"
#include "tests/support/spoil_text.h"
#include "tests/support/tree_labs.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

/// Findings about a file or a lab as a whole; a lab of one file has its name from the file.
const std::set<Code> kWithoutPlace = {Code::FileTooLarge, Code::FileNotReadable, Code::NoLabHere,
                                      Code::NoProfiles, Code::BadName};

/// Everything that comes out of the compiler, as text.
struct Outcome {
  std::string plan;
  std::string shown;
  std::string json;
  bool operator==(const Outcome&) const = default;
};

/// Fails a property and a plain test alike.
void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

void check_finding(const Diagnostic& finding, const SourceMap& sources) {
  const std::string what = render(finding, sources);
  require(!finding.summary.empty() && !finding.suggestion.empty(), "says too little: " + what);
  for (const std::string* text : {&finding.summary, &finding.detail, &finding.suggestion})
    require(is_utf8(*text), "is not UTF-8: " + what);
  require(finding.span || kWithoutPlace.contains(finding.code), "has no place: " + what);
  if (!finding.span) return;
  require(finding.span->begin <= finding.span->end &&
              finding.span->end <= sources.text(finding.span->source).size(),
          "is beyond its file: " + what);
}

void check_plan(const Compiled& compiled) {
  Status sound = plan::verify(compiled.plan);
  require(sound.has_value(), sound ? "" : sound.error().text());
  const std::string file = plan::write_plan(compiled.plan);
  Result<plan::Plan> read = plan::read_plan(file);
  require(read.has_value(), read ? "" : read.error().text());
  require(plan::write_plan(*read) == file, "the plan file does not read back");
}

/// A sound profile in canonical form is the same profile.
void check_canonical(const model::ProfileFile& profile) {
  MemoryFileReader files;
  files.add("again.toml", profile.canonical);
  model::LabRequest request;
  request.single_file = true;
  request.path = "again.toml";
  SourceMap sources;
  Diagnostics none;
  model::LabSources again = read_lab(request, files, for_each_serial, sources, none);
  require(none.empty(), render(none, sources));
  require(again.profiles[0].canonical == profile.canonical, "no fixed point: " + profile.canonical);
}

Outcome outcome_of(const LabText& lab) {
  const TreeRun run = compile_tree_lab(lab);
  require(run.compiled.has_value() == !run.diagnostics.has_errors(),
          "neither a plan nor an error, or both");
  for (const Diagnostic& finding : run.diagnostics.all()) check_finding(finding, run.sources);
  for (const model::ProfileFile& profile : run.read.profiles)
    if (profile.sound) check_canonical(profile);
  if (run.compiled) check_plan(*run.compiled);
  Outcome outcome{run.compiled ? plan::write_plan(run.compiled->plan) : "",
                  render(run.diagnostics, run.sources),
                  canonical(to_json(run.diagnostics, run.sources))};
  require(read_canonical_json(outcome.json).has_value(), "no JSON: " + outcome.json);
  require(std::none_of(outcome.shown.begin(), outcome.shown.end(),
                       [](char c) { return c != '\n' && is_ascii_control(c); }),
          "steers the terminal: " + outcome.shown);
  return outcome;
}

rc::Gen<Edit> any_edit() {
  // Numbers of every size, whatever the size of the case.
  auto number = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint32_t>());
  return rc::gen::build<Edit>(rc::gen::set(&Edit::kind, number), rc::gen::set(&Edit::place, number),
                              rc::gen::set(&Edit::amount, number));
}

void spoil_and_judge() {
  LabText lab = tree_labs()[*rc::gen::inRange<std::size_t>(0, tree_labs().size()).as("which lab")];
  auto which = *rc::gen::inRange<std::size_t>(0, lab.files.size()).as("which of its files");
  auto edits = *rc::gen::resize(4, rc::gen::container<std::vector<Edit>>(any_edit()));
  auto file = std::next(lab.files.begin(), static_cast<std::ptrdiff_t>(which));
  for (const Edit& edit : edits) file->second = spoiled(std::move(file->second), edit);
  RC_LOG() << "\n" << lab.name << "/" << file->first << ":\n" << printable(file->second) << "\n";
  RC_ASSERT(outcome_of(lab) == outcome_of(lab));
}

}  // namespace

TEST_CASE("property: a spoiled lab gives a plan that verifies, or findings with code and place") {
  REQUIRE(tree_labs().size() > 100);
  const int rounds = std::getenv("VMPLAN_LONG") != nullptr ? 200 : 10;
  for (int round = 0; round < rounds; ++round) CHECK(rc::check(spoil_and_judge));
}

TEST_CASE("labs that nobody has spoiled give plans and findings that keep the same promises") {
  std::size_t sound = 0;
  std::size_t refused = 0;
  for (const LabText& lab : tree_labs()) {
    INFO(lab.name);
    ++(outcome_of(lab).plan.empty() ? refused : sound);
  }
  CHECK(sound > 10);
  CHECK(refused > 50);
}
