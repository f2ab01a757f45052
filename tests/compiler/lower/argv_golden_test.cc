// SPDX-License-Identifier: Apache-2.0
// Golden command lines: tests/golden/argv/CASE/lab/ is compiled, and the launch step of each
// machine is compared with CASE/argv.txt: one element of argv a line, an empty line between
// machines. VMPLAN_ACCEPT=1 rewrites, and fails. Real QEMUs take the same lines in
// tests/e2e/qemu_accepts_test.py.
#include <catch2/catch.hpp>
#include <set>

#include "compiler/model/lab_file_fields.h"
#include "compiler/model/profile_fields.h"
#include "tests/support/compile_lab.h"
#include "tests/support/golden.h"
#include "tests/support/golden_lab.h"
#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;
namespace fs = std::filesystem;

namespace {

const char* const kKind = "argv";

/// Words that the language knows and nothing can be built with yet. Each has a golden case in
/// tests/golden/diagnostics/.
const std::set<std::string> kRefused = {"hardware.acceleration = hvf",
                                        "hardware.acceleration = whpx"};

std::string launch_lines(const plan::Plan& plan) {
  std::string out;
  for (const plan::CommandPlan& node : plan.nodes)
    for (const plan::Step& step : node.commands) {
      if (step.mode != plan::StepMode::Daemon) continue;
      if (!out.empty()) out += '\n';
      for (const std::string& word : step.argv) {
        // Else the lines would not say where a word ends.
        CHECK_FALSE(word.empty());
        CHECK(word.find('\n') == std::string::npos);
        out += word + '\n';
      }
    }
  return out;
}

/// Keys as "hardware.arch", and words of keys that take one of a few as "hardware.arch = x86_64".
class Used {
 public:
  template <class S>
  void operator()(const model::SectionTable<S>& table, const S& section) {
    for (const model::Field<S>& field : table.fields) {
      const std::string key = key_of(table, field);
      if (!std::visit([&](auto member) { return is_present(section, member); }, field.member))
        continue;
      names_.insert(key);
      if (field.info.choices.empty()) continue;
      for (const std::string& word :
           std::visit([&](auto member) { return words(section, member); }, field.member))
        names_.insert(key + " = " + word);
    }
  }
  template <class S>
  void operator()(const model::SectionTable<S>& table, const model::SectionList<S>& sections) {
    for (const S& section : sections) (*this)(table, section);
  }
  const std::set<std::string>& names() const { return names_; }

  template <class S>
  static std::string key_of(const model::SectionTable<S>& table, const model::Field<S>& field) {
    return std::string(table.info.path) + '.' + std::string(field.info.name);
  }

 private:
  template <class S>
  static bool is_present(const S&, const model::NotYet&) {
    return false;
  }
  template <class S, class Member>
  static bool is_present(const S& section, Member member) {
    return (section.*member).present;
  }

  /// Of a text or a list of texts.
  template <class S, class Member>
  static std::vector<std::string> words(const S& section, Member member) {
    if constexpr (std::is_same_v<Member, model::WrittenText S::*>) {
      return {*(section.*member)};
    } else if constexpr (std::is_same_v<Member, model::WrittenList S::*>) {
      std::vector<std::string> out;
      for (const model::ListItem& item : *(section.*member)) out.push_back(item.text);
      return out;
    }
    return {};
  }

  std::set<std::string> names_;
};

/// What there is to use.
class Known {
 public:
  template <class S, class Sections>
  void operator()(const model::SectionTable<S>& table, const Sections&) {
    for (const model::Field<S>& field : table.fields) {
      if (!field.is_built()) continue;
      const std::string key = Used::key_of(table, field);
      names_.insert(key);
      for (const model::Choice& choice : field.info.choices)
        if (choice.is_built()) names_.insert(key + " = " + std::string(choice.word));
    }
  }
  const std::set<std::string>& names() const { return names_; }

 private:
  std::set<std::string> names_;
};

}  // namespace

TEST_CASE("golden argv") {
  CHECK(golden_cases(kKind).size() >= 30);
  for (const fs::path& directory : golden_cases(kKind)) {
    DYNAMIC_SECTION(directory.filename().string()) {
      GoldenLab golden(directory);
      Compiled compiled = compile_lab(golden.files, golden.request);
      check_golden(directory / "argv.txt", launch_lines(compiled.plan));
    }
  }
}

TEST_CASE("the golden argv labs use every key and every word of the language") {
  Used used;
  for (const fs::path& directory : golden_cases(kKind)) {
    GoldenLab golden(directory);
    ModelRun run = run_model(golden.files, golden.request);
    CHECK_FALSE(run.has(Code::UnknownKey));
    for (const model::ProfileFile& file : run.files.profiles)
      model::visit_sections(file.profile, used);
    if (run.files.lab_file) model::visit_lab_sections(*run.files.lab_file, used);
  }
  Known known;
  const model::Profile profile;
  const model::LabFile lab_file;
  model::visit_sections(profile, known);
  model::visit_lab_sections(lab_file, known);
  std::set<std::string> expected;
  for (const std::string& name : known.names())
    if (!kRefused.contains(name)) expected.insert(name);
  CHECK(expected.size() + kRefused.size() == known.names().size());
  CHECK(used.names() == expected);
}
