// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/preflight.h"

#include <set>

#include "compiler/base/text.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/judge.h"
#include "compiler/plan/verify.h"
#include "runtime/exec/child_environment.h"
#include "runtime/exec/secrets.h"
#include "runtime/os/program_version.h"

namespace vmplan::exec {
namespace {

using change::Row;

Status check_row(const Row& row, const change::Applied& applied) {
  auto found = applied.find(row.id);
  const bool is_applied = found != applied.end();
  const bool same = is_applied == row.before.has_value() &&
                    (!is_applied || (found->second.node.key == row.before->key &&
                                     found->second.node.own == row.before->own));
  if (same) return {};
  std::string now =
      is_applied ? "is applied with key " + found->second.node.key.text() : "is not applied";
  std::string then = row.before ? "with key " + row.before->key.text() : "absent";
  return fail(ErrorKind::Refused, fmt::format("the state has moved since this change set was made: "
                                              "{} {}, the set expects it {}; make the "
                                              "change set again",
                                              row.id, now, then));
}

Status check_built(const plan::CommandPlan& node, const plan::Step& step) {
  auto refuse = [&](std::string_view what) {
    return fail(ErrorKind::Refused, fmt::format("{}: step {} {}", node.id, step.step_id, what));
  };
  if (!step.secrets.empty() && !step.is_builtin())
    return refuse("hands a secret to a program, which is not built yet");
  if (step.target != "local") return refuse("runs elsewhere, and remote targets are not built yet");
  if (step.ready.kind == plan::Ready::Kind::Socket)
    return refuse("waits for a socket, which is not built yet");
  return {};
}

/// What a recipe makes is known once it has run; whatever uses it is compiled anew then.
Status check_results(const change::ChangeSet& set) {
  std::set<std::string_view> unknown;
  for (const Row& row : set.rows)
    if (row.after && row.after->kind == "image" && !row.after->output_digest)
      unknown.insert(row.id);
  if (unknown.empty()) return {};
  for (const Row& row : set.rows) {
    if (!has_effect(row) || !row.after || row.after->kind == "image") continue;
    for (const std::string& dep : row.after->deps)
      if (unknown.contains(dep))
        return fail(
            ErrorKind::Refused,
            fmt::format("{} rests on {}, and what its recipe makes is not recorded yet; run "
                        "`vmplan apply {}`",
                        row.id, dep, dep));
  }
  return {};
}

/// Steps that will run, in order of the items.
template <class Visit>
void for_each_step(const change::ChangeSet& set, const Work& work, Visit visit) {
  for (const WorkItem& item : work.items) {
    if (item.kind == WorkItem::Kind::Undo)
      for (const plan::Step& step : set.rows[item.row].before->rollback)
        visit(set.rows[item.row], step);
    if (item.kind == WorkItem::Kind::Do)
      for (const plan::Step& step : set.rows[item.row].after->commands)
        visit(set.rows[item.row], step);
  }
}

}  // namespace

Status check_state(const change::ChangeSet& set, const change::Applied& applied) {
  for (const Row& row : set.rows)
    if (has_effect(row))
      if (Status same = check_row(row, applied); !same) return same;
  return {};
}

Status check_nodes(const change::ChangeSet& set, const ExecOptions& options) {
  for (const Row& row : set.rows) {
    if (!has_effect(row) || !row.after) continue;
    std::vector<std::string> found = plan::node_problems(*row.after, options.paths_allow);
    if (!found.empty())
      return fail(ErrorKind::Corrupt, "the change set does not verify: " + found.front());
    for (const plan::Step& step : row.after->commands)
      if (Status built = check_built(*row.after, step); !built) return built;
  }
  return check_results(set);
}

Status check_rollbacks(const change::ChangeSet& set, const Work& work,
                       const change::Applied& applied, const ExecOptions& options) {
  for (const WorkItem& item : work.items) {
    if (item.kind != WorkItem::Kind::Undo) continue;
    const Row& row = set.rows[item.row];
    const change::AppliedNode& stored = applied.at(row.id);
    if (keeps_file(stored, row.action, options.remove_disks)) continue;
    std::vector<std::string> found = plan::stored_node_problems(stored.node, options.paths_allow);
    if (!found.empty())
      return fail(ErrorKind::Corrupt,
                  "what the state says to run does not verify, and nothing was run; did `.vmplan/` "
                  "come with a repository? " +
                      found.front());
  }
  return {};
}

Result<Programs> find_programs(const change::ChangeSet& set, const Work& work,
                               const LabHost& host) {
  Programs programs;
  std::optional<Error> missing;
  for_each_step(set, work, [&](const Row&, const plan::Step& step) {
    if (step.is_builtin() || missing || programs.contains(step.argv.front())) return;
    Result<std::string> path = host.find_program(step.argv.front());
    if (path) {
      programs.emplace(step.argv.front(), std::move(*path));
    } else {
      missing = path.error();
    }
  });
  if (missing) return fail(std::move(*missing));
  return programs;
}

Status check_secrets(const change::ChangeSet& set, const Work& work, const LabHost& host) {
  for (const WorkItem& item : work.items) {
    if (item.kind != WorkItem::Kind::Do) continue;
    const plan::CommandPlan& node = *set.rows[item.row].after;
    for (const plan::Step& step : node.commands)
      if (Status there = check_secrets(step, host); !there)
        return fail(std::move(there).error().with(node.id));
  }
  return {};
}

Status check_rights(const change::ChangeSet& set, const Work& work, const LabHost& host) {
  const Row* first = nullptr;
  const plan::Step* needs = nullptr;
  for_each_step(set, work, [&](const Row& row, const plan::Step& step) {
    if (needs != nullptr || !plan::step_requires_privilege(step)) return;
    first = &row;
    needs = &step;
  });
  if (needs == nullptr || host.may_configure_network()) return {};
  return fail(ErrorKind::Refused,
              fmt::format("{}: step {} runs `{}`, which needs the right to configure the host's "
                          "network (CAP_NET_ADMIN), and this process has not got it; nothing was "
                          "run. Run vmplan with that right, or use a network of `mode = "
                          "\"socket\"`, which needs none",
                          first->id, needs->step_id, needs->argv.front()));
}

Status check_qemu_versions(const change::ChangeSet& set, const Work& work, const Programs& programs,
                           const std::string& qemu_version, const LabHost& host) {
  if (qemu_version.empty()) return {};
  std::set<std::string> names;
  for_each_step(set, work, [&](const Row&, const plan::Step& step) {
    if (step.mode == plan::StepMode::Daemon && !step.is_builtin()) names.insert(step.argv.front());
  });
  for (const std::string& name : names) {
    os::ProcessSpec spec;
    spec.executable = programs.at(name);
    spec.argv = {name, "--version"};
    spec.env = child_environment(host);
    spec.timeout = Millis{30'000};
    Result<os::ProcessExit> exit = host.processes.run(spec, host.cancel);
    if (!exit) return fail(std::move(exit).error().with("asking " + name + " for its version"));
    std::string version =
        exit->code == 0 && exit->signal == 0 ? os::version_in(exit->output) : std::string();
    if (version.empty())
      return fail(ErrorKind::Failed,
                  fmt::format("`{} --version` does not say a version: {}", spec.executable,
                              printable(exit->output + exit->error_tail)));
    if (!os::is_at_least(version, qemu_version))
      return fail(ErrorKind::Refused,
                  fmt::format("{} is QEMU {}, and the platform of this lab is pinned to {}",
                              spec.executable, version, qemu_version));
  }
  return {};
}

Result<KeyDocuments> key_documents(const change::ChangeSet& set, const change::Applied& applied) {
  std::map<std::string_view, Digest> identities;
  for (const auto& [id, node] : applied) identities[id] = plan::identity(node.node);
  for (const Row& row : set.rows)
    if (row.after) identities[row.id] = plan::identity(*row.after);
  KeyDocuments documents;
  for (const Row& row : set.rows) {
    if (!has_effect(row) || !row.after) continue;
    std::vector<plan::DepIdentity> deps;
    for (const std::string& dep : row.after->deps) {
      auto found = identities.find(dep);
      if (found == identities.end())
        return fail(ErrorKind::Refused,
                    fmt::format("{} rests on {}, which is neither applied nor in the change set",
                                row.id, dep));
      deps.emplace_back(dep, found->second);
    }
    std::string document = plan::key_document(row.after->own, deps);
    if (sha256(document) != row.after->key)
      return fail(
          ErrorKind::Refused,
          fmt::format(
              "the key of {} does not come out of what it rests on; make the change set again",
              row.id));
    documents.emplace(row.id, std::move(document));
  }
  return documents;
}

}  // namespace vmplan::exec
