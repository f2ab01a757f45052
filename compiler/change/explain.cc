// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/explain.h"

#include <fmt/format.h>

#include <map>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/result.h"
#include "compiler/base/text.h"
#include "compiler/change/json.h"
#include "compiler/change/spec_diff.h"
#include "compiler/plan/canonical.h"

namespace vmplan::change {
namespace {

Json parse_own(const std::string& document) {
  Result<Json> parsed = read_canonical_json(document);
  if (!parsed)
    throw InternalError("a document of our own does not parse: " + parsed.error().message);
  return std::move(*parsed);
}

/// The own document without what is shown elsewhere: `spec`, and argv with its hash.
Json remainder(const plan::CommandPlan& node) {
  Json own = parse_own(plan::own_document(node));
  own.if_object()->erase("spec");
  own.if_object()->erase("deps");
  for (std::string_view list : {"commands", "rollback", "probe"}) {
    JsonObject by_step;
    for (Json& step : *own[list].if_array()) {
      std::string id(step.string_or("step_id", ""));
      step.if_object()->erase("argv");
      step.if_object()->erase("argv_hash");
      by_step.emplace(std::move(id), std::move(step));
    }
    own[list] = Json(std::move(by_step));
  }
  return own;
}

std::map<std::string_view, const plan::Step*> steps_by_id(const plan::CommandPlan& node) {
  std::map<std::string_view, const plan::Step*> steps;
  for (const auto* list : {&node.commands, &node.rollback, &node.probe})
    for (const plan::Step& step : *list) steps.emplace(step.step_id, &step);
  return steps;
}

std::vector<StepWords> changed_words(const plan::CommandPlan& before,
                                     const plan::CommandPlan& after) {
  auto old_steps = steps_by_id(before);
  auto new_steps = steps_by_id(after);
  std::vector<StepWords> out;
  auto compare = [&](std::string_view id, const plan::Step* from, const plan::Step* to) {
    std::vector<WordChange> words =
        argv_diff(from == nullptr ? std::span<const std::string>() : from->argv,
                  to == nullptr ? std::span<const std::string>() : to->argv);
    if (!words.empty()) out.push_back({std::string(id), std::move(words)});
  };
  for (const auto& [id, step] : old_steps)
    compare(id, step, new_steps.contains(id) ? new_steps.at(id) : nullptr);
  for (const auto& [id, step] : new_steps)
    if (!old_steps.contains(id)) compare(id, nullptr, step);
  return out;
}

std::map<std::string, std::string> dep_identities(const std::string& key_document) {
  std::map<std::string, std::string> out;
  Json key = parse_own(key_document);
  const Json* deps = key.find("deps");
  if (deps == nullptr || deps->if_array() == nullptr) return out;
  for (const Json& pair : *deps->if_array()) {
    const JsonArray* two = pair.if_array();
    if (two != nullptr && two->size() == 2 && (*two)[0].if_string() != nullptr &&
        (*two)[1].if_string() != nullptr)
      out.emplace(*(*two)[0].if_string(), *(*two)[1].if_string());
  }
  return out;
}

std::vector<Explanation::DepChange> changed_deps(const std::string& before_key,
                                                 const std::string& after_key) {
  std::map<std::string, std::string> before = dep_identities(before_key);
  std::map<std::string, std::string> after = dep_identities(after_key);
  std::vector<Explanation::DepChange> out;
  for (const auto& [id, identity] : before) {
    auto now = after.find(id);
    std::string text = now == after.end() ? std::string() : now->second;
    if (text != identity) out.push_back({id, identity, text});
  }
  for (const auto& [id, identity] : after)
    if (!before.contains(id)) out.push_back({id, "", identity});
  return out;
}

void append_attributes(std::string& out, std::string_view heading,
                       const std::vector<AttributeChange>& changes) {
  if (changes.empty()) return;
  fmt::format_to(std::back_inserter(out), "  {}:\n", heading);
  for (const AttributeChange& change : changes)
    fmt::format_to(std::back_inserter(out), "    {}: {}\n", printable(change.path),
                   printable(change_text(change)));
}

}  // namespace

Explanation explain(const plan::CommandPlan& before, const std::string& before_key,
                    const plan::CommandPlan& after, const std::string& after_key) {
  Explanation out;
  out.id = after.id;
  out.same_key = before.key == after.key;
  out.attributes = spec_diff(before.spec, after.spec);
  out.steps = changed_words(before, after);
  out.others = spec_diff(remainder(before), remainder(after));
  out.deps = changed_deps(before_key, after_key);
  return out;
}

std::string render_text(const Explanation& explanation) {
  std::string out = explanation.id + "\n";
  if (explanation.same_key) return out + "  same key: nothing changed\n";
  append_attributes(out, "attributes", explanation.attributes);
  for (const StepWords& step : explanation.steps) {
    fmt::format_to(std::back_inserter(out), "  words of step {}:\n", printable(step.step_id));
    for (const WordChange& change : step.words)
      fmt::format_to(std::back_inserter(out), "    {} {}\n",
                     change.kind == WordChange::Kind::Added ? "+" : "-",
                     printable(shell_quoted(change.word)));
  }
  append_attributes(out, "other fields", explanation.others);
  if (!explanation.deps.empty()) out += "  rests on:\n";
  for (const Explanation::DepChange& dep : explanation.deps)
    fmt::format_to(std::back_inserter(out), "    {}: {} -> {}\n", dep.id,
                   dep.before.empty() ? "(none)" : dep.before,
                   dep.after.empty() ? "(none)" : dep.after);
  return out;
}

Json to_json(const Explanation& explanation) {
  JsonArray steps;
  for (const StepWords& step : explanation.steps) {
    JsonArray words;
    for (const WordChange& change : step.words)
      words.push_back(
          json_object({{"change", change.kind == WordChange::Kind::Added ? "added" : "removed"},
                       {"word", change.word}}));
    steps.push_back(json_object({{"step_id", step.step_id}, {"words", std::move(words)}}));
  }
  JsonArray deps;
  for (const Explanation::DepChange& dep : explanation.deps)
    deps.push_back(json_object({{"after", dep.after}, {"before", dep.before}, {"id", dep.id}}));
  return json_object({{"attributes", attributes_json(explanation.attributes)},
                      {"deps", std::move(deps)},
                      {"id", explanation.id},
                      {"others", attributes_json(explanation.others)},
                      {"same_key", explanation.same_key},
                      {"steps", std::move(steps)}});
}

}  // namespace vmplan::change
