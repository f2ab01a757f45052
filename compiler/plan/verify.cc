// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/plan/builtins.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/check_step.h"
#include "compiler/plan/judge.h"
#include "compiler/plan/keys.h"

namespace vmplan::plan {
namespace {

void check_steps(const CommandPlan& node, const std::vector<std::string>& allow, Sha256& hasher,
                 Findings& findings) {
  std::set<std::string_view> ids;
  for (const auto* steps : {&node.commands, &node.rollback, &node.probe}) {
    for (const Step& step : *steps) {
      check_step(step, allow, hasher, findings);
      if (!ids.insert(step.step_id).second) findings.add("step id {} occurs twice", step.step_id);
    }
  }
  for (const Step& step : node.probe) {
    const BuiltinForm* form = builtin_of(step);
    if (form == nullptr || !form->looks_only)
      findings.add("step {}: a probe only looks, and this does more", step.step_id);
  }
}

void check_paths(const CommandPlan& node, const std::vector<std::string>& allow,
                 Findings& findings) {
  for (const Input& input : node.inputs)
    if (!is_allowed_path(input.path, allow)) findings.add("input {} leaves the lab", input.path);
  for (const Output& output : node.outputs)
    if (!is_allowed_path(output.path, allow)) findings.add("output {} leaves the lab", output.path);
}

/// A stated output digest is worth nothing unless the last step proves it.
void check_output_digest(const CommandPlan& node, Findings& findings) {
  if (!node.output_digest) return;
  if (node.outputs.size() != 1)
    findings.add("states an output digest and has {} outputs", node.outputs.size());
  const Step* last = node.commands.empty() ? nullptr : &node.commands.back();
  if (last == nullptr || node.outputs.empty() ||
      last->argv != std::vector<std::string>{"vmplan", "step", "verify", node.outputs.front().path,
                                             node.output_digest->text()})
    findings.add(
        "states an output digest, but its last step is not `vmplan step verify` of that output");
}

void check_sorted(const std::vector<std::string>& ids, std::string_view what, Findings& findings) {
  if (!std::is_sorted(ids.begin(), ids.end()) ||
      std::adjacent_find(ids.begin(), ids.end()) != ids.end())
    findings.add("{} is not sorted, or holds an id twice", what);
}

/// What of the judgement is hashed, and so as fixed as the steps that it is about.
void check_flags(const CommandPlan& node, const Judgement& judged, Findings& findings) {
  if (judged.destructive != node.destructive) findings.add("`destructive` does not fit its steps");
  if (judged.requires_privilege != node.requires_privilege)
    findings.add("`requires_privilege` does not fit its steps");
}

/// What is in no digest, so that another version may say otherwise of the same steps.
void check_opinion(const CommandPlan& node, const Judgement& judged, Findings& findings) {
  if (judged.risk != node.risk)
    findings.add("risk is {}, its steps say {}", to_text(node.risk), to_text(judged.risk));
  if (judged.confirmation_required != node.confirmation_required)
    findings.add("`confirmation_required` does not fit its steps");
  if (judged.category != node.category)
    findings.add("category is {}, its kind says {}", to_text(node.category),
                 to_text(judged.category));
  if (judged.affected_resources != node.affected_resources)
    findings.add("`affected_resources` does not fit the node");
}

void check_node(const CommandPlan& node, const std::vector<std::string>& paths_allow,
                const Judgement& judged, Findings& findings) {
  if (!is_node_id(node.id)) findings.add("this is no node id");
  if (!kind_class(node.kind)) findings.add("kind \"{}\" is unknown to this version", node.kind);
  if (node.commands.empty()) findings.add("has no commands");
  if (node.status != "validated")
    findings.add("status is \"{}\", a built plan's is \"validated\"", node.status);
  check_sorted(node.deps, "deps", findings);
  check_sorted(node.after, "after", findings);
  Sha256 hasher;
  check_steps(node, paths_allow, hasher, findings);
  check_paths(node, paths_allow, findings);
  check_output_digest(node, findings);
  check_flags(node, judged, findings);
  if (node.own != sha256(own_document(node), hasher)) findings.add("`own` does not fit the node");
}

void append(std::vector<std::string>& out, std::vector<std::string> more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

bool check_edges(const Plan& plan, std::vector<std::string>& out) {
  bool complete = true;
  for (const CommandPlan& node : plan.nodes) {
    for (const auto* ids : {&node.deps, &node.after}) {
      for (const std::string& id : *ids) {
        if (plan.find(id)) continue;
        out.push_back(fmt::format("{}: {} is not in the plan", node.id, id));
        complete = false;
      }
    }
  }
  return complete;
}

void check_keys(const Plan& plan, std::vector<std::string>& out) {
  Sha256 hasher;
  for (const CommandPlan& node : plan.nodes)
    if (node.key != sha256(key_document_of(plan, node), hasher))
      out.push_back(node.id + ": `key` does not fit its own digest and its dependencies");
}

void check_blobs(const Plan& plan, std::vector<std::string>& out) {
  for (const auto& [digest, bytes] : plan.blobs)
    if (digest != sha256(bytes).text()) out.push_back("blob " + digest + " has other bytes");
  for (const CommandPlan& node : plan.nodes)
    for (const auto* steps : {&node.commands, &node.rollback, &node.probe})
      for (const Step& step : *steps)
        if (step.stdin_blob && !plan.blobs.contains(step.stdin_blob->text()))
          out.push_back(fmt::format("{}: step {} reads a blob that is not in the plan", node.id,
                                    step.step_id));
}

}  // namespace

bool is_node_id(std::string_view id) {
  for (std::string_view segment : split(id, '/')) {
    if (segment.empty() || segment == "." || segment == "..") return false;
    for (char c : segment)
      if (!is_ascii_alnum(c) && c != '.' && c != '_' && c != '-') return false;
  }
  return true;
}

std::vector<std::string> node_problems(const CommandPlan& node,
                                       const std::vector<std::string>& paths_allow) {
  Findings findings(node);
  const Judgement judged = judge(node);
  check_node(node, paths_allow, judged, findings);
  check_opinion(node, judged, findings);
  return findings.take();
}

std::vector<std::string> stored_node_problems(const CommandPlan& node,
                                              const std::vector<std::string>& paths_allow) {
  Findings findings(node);
  check_node(node, paths_allow, judge(node), findings);
  return findings.take();
}

std::vector<std::string> problems(const Plan& plan) {
  std::vector<std::string> out;
  const CommandPlan* previous = nullptr;
  for (const CommandPlan& node : plan.nodes) {
    if (previous != nullptr && previous->id >= node.id)
      out.push_back(node.id + ": ids are not unique and sorted");
    previous = &node;
    append(out, node_problems(node, plan.paths_allow));
  }
  if (!out.empty()) return out;  // the checks below rest on sorted, well-formed nodes
  if (!check_edges(plan, out)) return out;
  if (!topological_order(plan)) {
    out.emplace_back("the plan has a cycle");
    return out;
  }
  check_keys(plan, out);
  check_blobs(plan, out);
  return out;
}

Status verify(const Plan& plan) {
  static constexpr std::size_t kShown = 10;
  std::vector<std::string> found = problems(plan);
  if (found.empty()) return {};
  std::string text = "the plan does not verify:";
  for (std::size_t i = 0; i < std::min(found.size(), kShown); ++i) text += "\n  " + found[i];
  if (found.size() > kShown) text += fmt::format("\n  ... and {} more", found.size() - kShown);
  return fail(ErrorKind::Corrupt, std::move(text));
}

}  // namespace vmplan::plan
