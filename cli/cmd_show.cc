// SPDX-License-Identifier: Apache-2.0
// vmplan show: the nodes of the plan, one node with everything it will run, or the profile of a
// machine with every value it comes down to.
#include <fmt/format.h>

#include <algorithm>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "cli/targets.h"
#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/resolved_profile.h"
#include "compiler/plan/canonical.h"

namespace vmplan::cli {
namespace {

void append_steps(std::string& out, std::string_view heading,
                  const std::vector<plan::Step>& steps) {
  if (steps.empty()) return;
  fmt::format_to(std::back_inserter(out), "  {}:\n", heading);
  for (const plan::Step& step : steps)
    fmt::format_to(std::back_inserter(out), "    {:<16} {}\n", step.step_id,
                   printable(shell_quoted(step.argv)));
}

/// The attributes as "path = value" lines.
void append_spec(std::string& out, const std::string& path, const Json& value) {
  if (const JsonObject* object = value.if_object()) {
    for (const auto& [name, member] : *object)
      append_spec(out, path.empty() ? name : path + "." + name, member);
  } else if (const JsonArray* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      append_spec(out, fmt::format("{}.{}", path, i), (*array)[i]);
  } else {
    fmt::format_to(std::back_inserter(out), "    {} = {}\n", path, printable(canonical(value)));
  }
}

std::string node_text(const plan::CommandPlan& node) {
  std::string out = fmt::format("{}: {}\n", node.id, printable(node.display.title));
  if (!node.display.explanation.empty())
    fmt::format_to(std::back_inserter(out), "  {}\n", printable(node.display.explanation));
  fmt::format_to(std::back_inserter(out), "  kind: {}\n  risk: {}\n  own:  {}\n  key:  {}\n",
                 node.kind, plan::to_text(node.risk), node.own.text(), node.key.text());
  if (!node.deps.empty())
    fmt::format_to(std::back_inserter(out), "  rests on: {}\n", join(node.deps, ", "));
  out += "  attributes:\n";
  append_spec(out, "", node.spec);
  append_steps(out, "commands", node.commands);
  append_steps(out, "rollback", node.rollback);
  append_steps(out, "probe", node.probe);
  return out;
}

Json node_json(const plan::CommandPlan& node) {
  return *read_canonical_json(plan::node_document(node));
}

/// TOML that says the same as the profile and all it rests on, with the origin of each value as a
/// comment.
std::string profile_text(const std::vector<model::ResolvedSection>& sections) {
  std::size_t width = 0;
  for (const model::ResolvedSection& section : sections)
    for (const model::ResolvedField& field : section.fields)
      width = std::max(width, field.name.size() + field.value.size());
  width = std::min<std::size_t>(width, 60);
  std::string out;
  for (const model::ResolvedSection& section : sections) {
    if (!section.header.empty()) out += fmt::format("\n{}\n", section.header);
    for (const model::ResolvedField& field : section.fields) {
      std::string line = fmt::format("{} = {}", field.name, field.value);
      out += fmt::format("{:<{}}  # {}\n", line, width + 3, field.origin);
    }
  }
  return out;
}

Json profile_json(const std::string& name, model::Scope scope, std::string_view source,
                  const std::vector<model::ResolvedSection>& sections) {
  JsonArray list;
  for (const model::ResolvedSection& section : sections) {
    JsonArray fields;
    for (const model::ResolvedField& field : section.fields)
      fields.push_back(
          json_object({{"name", field.name}, {"origin", field.origin}, {"value", field.value}}));
    list.push_back(json_object({{"fields", std::move(fields)}, {"section", section.header}}));
  }
  return json_object({{"profile", name},
                      {"scope", model::to_text(scope)},
                      {"sections", std::move(list)},
                      {"source", source}});
}

/// A lab, and the file in it that was asked for; any of its files where `source` is empty.
struct Place {
  std::optional<build::LabLocation> where;
  std::string source;
};

/// Where to look for a machine or profile of this name. `where` is nullopt after an error message.
Place place_of(Context& context, const std::string& name, const std::string& path) {
  Result<build::LabLocation> lab = build::locate_lab(path);
  if (context.args.value("profile") || (lab && lab->single_file))
    return {locate(context, path), ""};
  auto found = locate_named(context, name, path);
  return found ? Place{std::move(found->where), std::move(found->source)} : Place();
}

int no_machine(Context& context, const std::string& name, const std::string& path,
               const build::LabLocation& where) {
  std::string of_lab = path.empty() ? "" : " " + path;
  if (where.scope != model::Scope::Project)
    of_lab += fmt::format(" --profile {}", build::stem_of(where));
  context.terminal.error(fmt::format(
      "`{0}` is no machine; `vmplan show{1}` lists them, and `vmplan show MACHINE{1}` shows one",
      name, printable(of_lab)));
  return kError;
}

int show_profile(Context& context, const std::string& name, const std::string& path) {
  Place place = place_of(context, name, path);
  if (!place.where) return kError;
  std::unique_ptr<build::LabBuild> built = compile_lab(context, *place.where);
  if (built == nullptr || !built->compiled) return kError;
  const model::ProfileFile* file =
      model::profile_of(name, place.source, built->lab_sources.profiles);
  if (file == nullptr) return no_machine(context, name, path, *place.where);
  const model::Lab& lab = built->compiled->lab;
  std::string_view source = built->sources.path(file->source);
  for (const model::Vm& vm : lab.vms) {
    if (vm.name != *file->profile.vm.name) continue;
    auto sections = model::resolved_profile(*file, vm, lab.platform, built->sources);
    if (context.format == Format::Json) {
      context.terminal.json(profile_json(vm.name, file->scope, source, sections));
    } else {
      context.terminal.out(fmt::format("# {} ({})\n", source, model::to_text(file->scope)) +
                           profile_text(sections));
    }
  }
  return kDone;
}

}  // namespace

int cmd_show(Context& context) {
  std::optional<Words> words = sort_words(context);
  if (!words) return kError;
  if (words->targets.size() == 1 && !model::name_fault(words->targets.front()))
    return show_profile(context, words->targets.front(), words->path);
  std::unique_ptr<build::LabBuild> built = compile_sound_lab(context, words->path);
  if (built == nullptr) return kError;
  const plan::Plan& plan = built->compiled->plan;
  if (words->targets.empty()) {
    JsonArray list;
    for (const plan::CommandPlan& node : plan.nodes) {
      if (context.format == Format::Json) {
        list.push_back(
            json_object({{"id", node.id}, {"key", node.key.text()}, {"kind", node.kind}}));
      } else {
        context.terminal.out(fmt::format("{:<32} {}\n", node.id, printable(node.display.title)));
      }
    }
    if (context.format == Format::Json)
      context.terminal.json(json_object({{"nodes", std::move(list)}}));
    return kDone;
  }
  std::optional<Ids> ids = select_targets(context, words->targets, known_in(plan));
  if (!ids) return kError;
  for (const std::string& id : *ids) {
    const plan::CommandPlan& node = plan.nodes[*plan.find(id)];
    if (context.format == Format::Json) {
      context.terminal.json(node_json(node));
    } else {
      context.terminal.out(node_text(node));
    }
  }
  return kDone;
}

}  // namespace vmplan::cli
