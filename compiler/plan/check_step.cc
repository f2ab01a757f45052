// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/check_step.h"

#include <algorithm>
#include <span>

#include "compiler/base/known_programs.h"
#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/base/url.h"
#include "compiler/plan/builtins.h"
#include "compiler/plan/judge.h"
#include "compiler/plan/verify.h"

namespace vmplan::plan {
namespace {

/// What every string that reaches a process must be.
void check_text(const Step& step, std::string_view what, std::string_view text,
                Findings& findings) {
  if (text.find('\0') != std::string_view::npos)
    findings.add("step {}: {} holds NUL", step.step_id, what);
  if (!is_utf8(text)) findings.add("step {}: {} is not UTF-8", step.step_id, what);
}

bool is_program(std::string_view word) {
  return word.starts_with('/') ? normal_path(word) == word : is_known_program(word);
}

bool is_secret_reference(std::string_view text) {
  for (std::string_view scheme : {"env:", "file:", "command:"})
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  return false;
}

/// Where a step takes the bytes of a file from.
void check_source(const Step& step, const std::string& word, const std::vector<std::string>& allow,
                  Findings& findings) {
  if (word == "-" || source_text(word)) return;
  const std::string_view path = source_path(word);
  if (path.empty()) {
    findings.add("step {}: \"{}\" is neither text:TEXT, file:PATH nor -", step.step_id, word);
  } else if (!is_allowed_path(path, allow)) {
    findings.add("step {}: \"{}\" leaves the lab", step.step_id, path);
  }
}

/// A word of a built-in step, by its role.
void check_word(const Step& step, std::span<const std::string> words, std::size_t index,
                WordRole role, const std::vector<std::string>& allow, Findings& findings) {
  const std::string& word = words[index];
  switch (role) {
    case WordRole::None:
    case WordRole::Text:
      return;
    case WordRole::Path:
      if (word.empty() || !is_allowed_path(word, allow))
        findings.add("step {}: \"{}\" leaves the lab", step.step_id, word);
      return;
    case WordRole::BasePath: {
      if (word == "-") return;
      std::string path =
          word.starts_with('/') ? word : fmt::format("{}/{}", directory_of(words[0]), word);
      if (!is_allowed_path(path, allow))
        findings.add("step {}: \"{}\" leaves the lab", step.step_id, word);
      return;
    }
    case WordRole::Source:
      check_source(step, word, allow, findings);
      return;
    case WordRole::Url:
      if (const UrlReading reading = read_url(word); !reading.url || to_text(*reading.url) != word)
        findings.add("step {}: \"{}\" is no URL as plans write them", step.step_id, word);
      return;
    case WordRole::Node:
      if (!is_node_id(word)) findings.add("step {}: \"{}\" is no node id", step.step_id, word);
      return;
  }
}

void check_builtin(const Step& step, const std::vector<std::string>& allow, Findings& findings) {
  const BuiltinForm* form = builtin_of(step);
  if (form == nullptr) {
    findings.add(
        "step {}: there is no built-in step \"{}\"", step.step_id,
        join(std::span(step.argv).subspan(2, std::min<std::size_t>(2, step.argv.size() - 2)), " "));
    return;
  }
  std::span<const std::string> words = arguments(*form, std::span(step.argv).subspan(2));
  if (!form->takes(words.size()))
    findings.add("step {}: the words are not those of `vmplan step {}`", step.step_id,
                 form->grammar);
  for (std::size_t i = 0; i < std::min(words.size(), form->words.size()); ++i)
    check_word(step, words, i, form->words[i], allow, findings);
  if (step.mode != StepMode::Run)
    findings.add("step {}: a built-in step cannot be started and left running", step.step_id);
}

void check_program(const Step& step, Findings& findings) {
  if (base_name_of(step.argv[0]) == "vmplan") {
    findings.add("step {}: vmplan runs in a plan only as `vmplan step NAME`", step.step_id);
  } else if (!is_program(step.argv[0])) {
    findings.add(
        "step {}: argv[0] is neither a program that vmplan knows nor a normal absolute path",
        step.step_id);
  }
}

void check_argv(const Step& step, const std::vector<std::string>& allow, Sha256& hasher,
                Findings& findings) {
  if (step.argv.empty()) {
    findings.add("step {} has an empty argv", step.step_id);
    return;
  }
  if (step.is_builtin()) {
    check_builtin(step, allow, findings);
  } else {
    check_program(step, findings);
  }
  for (const std::string& word : step.argv) check_text(step, "an argv element", word, findings);
  if (step.argv_hash != argv_hash(step.argv, hasher))
    findings.add("step {}: argv_hash does not fit argv", step.step_id);
}

bool is_environment_name(std::string_view name) {
  return !name.empty() && !is_ascii_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_ascii_alnum(c) || c == '_'; });
}

void check_environment(const Step& step, Findings& findings) {
  for (const auto& [name, value] : step.env) {
    if (!is_environment_name(name))
      findings.add("step {}: an environment variable is not called [A-Za-z_][A-Za-z0-9_]*",
                   step.step_id);
    check_text(step, "the value of an environment variable", value, findings);
  }
}

void check_exit_codes(const Step& step, Findings& findings) {
  const std::vector<int>& codes = step.expected_exit_codes;
  if (codes.empty()) findings.add("step {} expects no exit code", step.step_id);
  if (!std::is_sorted(codes.begin(), codes.end()) ||
      std::adjacent_find(codes.begin(), codes.end()) != codes.end())
    findings.add("step {}: expected exit codes are not in ascending order", step.step_id);
  for (int code : codes)
    if (code < 0 || code > 255)
      findings.add("step {}: exit code {} is not 0..255", step.step_id, code);
}

}  // namespace

void check_step(const Step& step, const std::vector<std::string>& allow, Sha256& hasher,
                Findings& findings) {
  if (step.step_id.empty()) findings.add("a step has no id");
  check_argv(step, allow, hasher, findings);
  check_environment(step, findings);
  check_exit_codes(step, findings);
  if (step.timeout_seconds < 0) findings.add("step {}: the timeout is negative", step.step_id);
  if (!is_allowed_path(step.cwd, allow)) findings.add("step {}: cwd leaves the lab", step.step_id);
  if (!step.ready.path.empty() && !is_allowed_path(step.ready.path, allow))
    findings.add("step {}: the readiness socket leaves the lab", step.step_id);
  if (step.mode == StepMode::Run && step.ready.kind != Ready::Kind::None)
    findings.add("step {} runs to exit and has a readiness condition", step.step_id);
  if (step.target != "local")
    findings.add("step {}: target \"{}\" is unknown", step.step_id, step.target);
  if (step.destructive != step_is_destructive(step))
    findings.add("step {}: `destructive` does not fit what it runs", step.step_id);
  if (step.requires_privilege != step_requires_privilege(step))
    findings.add("step {}: `requires_privilege` does not fit what it runs", step.step_id);
  for (const SecretUse& secret : step.secrets)
    if (!is_secret_reference(secret.reference))
      findings.add("step {}: secret {} is no reference", step.step_id, secret.name);
}

}  // namespace vmplan::plan
