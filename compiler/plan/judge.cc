// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/judge.h"

#include <algorithm>
#include <array>

#include "compiler/base/lexical_path.h"
#include "compiler/plan/builtins.h"

namespace vmplan::plan {
namespace {

std::string_view word(const Step& step, std::size_t index) {
  return index < step.argv.size() ? std::string_view(step.argv[index]) : std::string_view();
}

Risk builtin_risk(const Step& step) {
  const BuiltinForm* form = builtin_of(step);
  if (form == nullptr) return Risk::Critical;
  return form->verb == "signal" && word(step, 5) == "KILL" ? Risk::High : form->risk;
}

/// QEMU is told to use TCG and nothing before it, so that the host's processor runs no guest code.
bool runs_under_tcg(const Step& step) {
  auto named = std::find(step.argv.begin(), step.argv.end(), "-accel");
  return named != step.argv.end() && ++named != step.argv.end() && *named == "tcg";
}

/// Risk of one step, by what it runs.
Risk step_risk(const Step& step) {
  if (step.argv.empty()) return Risk::Critical;
  if (step_requires_privilege(step)) return Risk::High;
  if (step.is_builtin()) return builtin_risk(step);
  if (base_name_of(step.argv[0]).starts_with("qemu-system-"))
    return runs_under_tcg(step) ? Risk::Low : Risk::Medium;
  return Risk::Medium;
}

/// The rules of docs/plan-format.md, "Risk and confirmation".
bool must_be_confirmed(const Judgement& judged, Source source) {
  return judged.risk >= Risk::High || judged.requires_privilege || judged.destructive ||
         (source == Source::AiAssistant && judged.risk >= Risk::Medium);
}

}  // namespace

Risk steps_risk(const std::vector<Step>& steps) {
  Risk highest = Risk::Low;
  for (const Step& step : steps) highest = std::max(highest, step_risk(step));
  return highest;
}

bool step_is_destructive(const Step& step) {
  const BuiltinForm* form = builtin_of(step);
  return form != nullptr && form->destructive;
}

bool step_requires_privilege(const Step& step) {
  static constexpr std::array<std::string_view, 5> kPrivileged = {"ip", "sudo", "doas", "pkexec",
                                                                  "su"};
  return !step.argv.empty() && std::find(kPrivileged.begin(), kPrivileged.end(),
                                         base_name_of(step.argv[0])) != kPrivileged.end();
}

Judgement judge(const CommandPlan& node) {
  Judgement judged;
  judged.category = category_of(node.kind);
  for (const auto* steps : {&node.commands, &node.rollback, &node.probe}) {
    for (const Step& step : *steps) {
      judged.requires_privilege |= step_requires_privilege(step);
      judged.destructive |= step_is_destructive(step);
      judged.risk = std::max(judged.risk, step_risk(step));
    }
  }
  judged.confirmation_required = must_be_confirmed(judged, node.source);
  // "vm/web" affects "vm:web"; files that are made are named too.
  std::string resource = node.id;
  if (std::size_t slash = resource.find('/'); slash != std::string::npos) resource[slash] = ':';
  judged.affected_resources.push_back(std::move(resource));
  for (const Output& output : node.outputs)
    judged.affected_resources.push_back("file:" + output.path);
  std::sort(judged.affected_resources.begin(), judged.affected_resources.end());
  return judged;
}

void apply_judgement(CommandPlan& node) {
  for (auto* steps : {&node.commands, &node.rollback, &node.probe}) {
    for (Step& step : *steps) {
      step.destructive = step_is_destructive(step);
      step.requires_privilege = step_requires_privilege(step);
    }
  }
  Judgement judged = judge(node);
  node.requires_privilege = judged.requires_privilege;
  node.destructive = judged.destructive;
  node.confirmation_required = judged.confirmation_required;
  node.risk = judged.risk;
  node.category = judged.category;
  node.affected_resources = std::move(judged.affected_resources);
}

}  // namespace vmplan::plan
