// SPDX-License-Identifier: Apache-2.0
// vmplan build: compile, compare with the lock, write it.
#include <fmt/format.h>

#include <chrono>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/base/diagnostic_render.h"
#include "compiler/change/explain.h"
#include "compiler/plan/keys.h"
#include "compiler/plan/plan_file.h"
#include "runtime/build/build_output.h"
#include "runtime/os/output_file.h"

namespace vmplan::cli {
namespace {

std::int64_t milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start)
      .count();
}

/// --locked: the lock file must already say what this build says.
bool lock_is_kept(Context& context, const build::BuildReport& report,
                  const std::string& lock_path) {
  if (!report.lock_problem.empty()) {
    context.terminal.error(report.lock_problem);
    return false;
  }
  if (report.lock_differences.empty()) return true;
  context.terminal.error(
      fmt::format("{} is not up to date, and --locked forbids writing it:", lock_path));
  for (const std::string& line : report.lock_differences)
    context.terminal.err(fmt::format("  {}\n", line));
  context.terminal.err("run `vmplan build` and commit the lock file\n");
  return false;
}

struct ExplainedChange {
  std::string text;
  Json json;
};

/// Why one node differs from the last build.
ExplainedChange explain_node(const build::LabBuild& build, const build::BuildReport& report,
                             const build::ChangedNode& changed) {
  const auto in_a_word = [&](std::string_view what) {
    return ExplainedChange{fmt::format("{}\n  {}\n", changed.id, what),
                           json_object({{"id", changed.id}, {"what", what}})};
  };
  if (!changed.what.empty()) return in_a_word(changed.what);
  std::optional<plan::NodeId> before =
      report.previous ? report.previous->find(changed.id) : std::nullopt;
  if (!before) return in_a_word("changed; the last build's plan is no longer in the cache");
  const plan::Plan& plan = build.compiled->plan;
  const plan::CommandPlan& old_node = report.previous->nodes[*before];
  const plan::CommandPlan& new_node = plan.nodes[*plan.find(changed.id)];
  const change::Explanation why =
      change::explain(old_node, plan::key_document_of(*report.previous, old_node), new_node,
                      plan::key_document_of(plan, new_node));
  return {change::render_text(why), change::to_json(why)};
}

/// --explain: as text at once, else as a list for the one object that is printed.
JsonArray explain_nodes(Context& context, const build::LabBuild& build,
                        const build::BuildReport& report) {
  JsonArray list;
  for (const build::ChangedNode& changed : report.changed) {
    ExplainedChange explained = explain_node(build, report, changed);
    if (context.format == Format::Text) context.terminal.out(explained.text);
    list.push_back(std::move(explained.json));
  }
  return list;
}

/// -o FILE: the plan file, somewhere the user chose; `-` is standard output.
bool write_plan_to(Context& context, const build::LabBuild& build, const std::string& path) {
  std::string file = plan::write_plan(build.compiled->plan);
  if (path == "-") {
    context.terminal.out(file);
    return true;
  }
  Status written = os::write_output(path, file);
  if (written) return true;
  context.terminal.error(written.error().text());
  return false;
}

void report_result(Context& context, const build::LabBuild& build, const build::BuildReport& report,
                   std::optional<JsonArray> explained, std::int64_t elapsed_ms) {
  std::size_t present = 0;
  for (const build::ChangedNode& changed : report.changed)
    if (changed.what != "gone") ++present;
  if (context.format == Format::Json) {
    Json result = json_object({{"changed", static_cast<std::int64_t>(present)},
                               {"elapsed_ms", elapsed_ms},
                               {"lab", build.compiled->lab.name},
                               {"nodes", static_cast<std::int64_t>(report.nodes)},
                               {"plan_hash", report.plan_hash.text()},
                               {"reused", static_cast<std::int64_t>(report.nodes - present)},
                               {"warnings", to_json(build.diagnostics, build.sources)}});
    if (explained) result["explained"] = Json(std::move(*explained));
    context.terminal.json(result);
    return;
  }
  if (context.quiet) return;
  if (report.changed.empty() && context.args.has("explain")) context.terminal.err("up to date\n");
  context.terminal.err(fmt::format("built {} node{} ({} changed) in {} ms  plan {}\n", report.nodes,
                                   report.nodes == 1 ? "" : "s", present, elapsed_ms,
                                   report.plan_hash.text()));
}

}  // namespace

int cmd_build(Context& context) {
  auto start = std::chrono::steady_clock::now();
  std::optional<std::string> path = only_path(context);
  if (!path) return kError;
  std::optional<build::LabLocation> where = locate(context, *path);
  if (!where) return kError;
  std::unique_ptr<build::LabBuild> build = compile_lab(context, *where);
  if (build == nullptr) return kError;
  if (!build->compiled) {
    if (context.format == Format::Json)
      context.terminal.json(
          json_object({{"diagnostics", to_json(build->diagnostics, build->sources)}}));
    return kError;
  }
  bool explain = context.args.has("explain");
  Result<build::BuildReport> report = build::compare_with_lock(*build, explain);
  if (!report) {
    context.terminal.error(report.error().text());
    return kError;
  }
  if (context.args.has("locked") && !lock_is_kept(context, *report, build->compiled->lab.lock_path))
    return kError;
  if (!report->lock_problem.empty() && !context.quiet)
    context.terminal.err(fmt::format("warning: {}\n", report->lock_problem));
  std::optional<JsonArray> explained;
  if (explain) explained = explain_nodes(context, *build, *report);
  std::optional<std::string> output = context.args.value("output");
  if (context.args.has("dry-run")) {
    if (output && *output != "-") {
      context.terminal.error(
          "--dry-run writes nothing, so `-o FILE` cannot be kept; use `-o -` for standard output");
      return kError;
    }
  } else {
    if (Status written = build::write_outputs(*build); !written) {
      context.terminal.error(written.error().text());
      return kError;
    }
  }
  if (output && !write_plan_to(context, *build, *output)) return kError;
  report_result(context, *build, *report, std::move(explained), milliseconds_since(start));
  return kDone;
}

}  // namespace vmplan::cli
