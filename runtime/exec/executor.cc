// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/executor.h"

#include <algorithm>

#include "runtime/exec/child_environment.h"
#include "runtime/exec/item_runner.h"
#include "runtime/exec/machine_node.h"
#include "runtime/exec/preflight.h"
#include "runtime/exec/recovery.h"
#include "runtime/exec/tally.h"
#include "runtime/exec/worker_pool.h"

namespace vmplan::exec {
namespace {

using change::Action;
using change::Row;

/// Processes whose row says rerun, and which run all the same.
WorkFacts look_at_reruns(const change::ChangeSet& set, const LabHost& host) {
  WorkFacts facts;
  for (const Row& row : set.rows) {
    if (row.action != Action::Rerun || !row.before) continue;
    std::optional<std::string> run_dir = run_dir_of(*row.before);
    if (!run_dir) continue;
    vm::MachineState state = host.machines.observe(*run_dir).state;
    if (state == vm::MachineState::Running || state == vm::MachineState::Starting)
      facts.still_running.insert(row.id);
  }
  return facts;
}

Result<std::map<std::string, state::UnfinishedNode, std::less<>>> unfinished_by_id(
    const state::StateReader& store) {
  Result<std::vector<state::UnfinishedNode>> nodes = store.unfinished();
  if (!nodes) return fail(nodes.error());
  std::map<std::string, state::UnfinishedNode, std::less<>> by_id;
  for (state::UnfinishedNode& node : *nodes) by_id.emplace(node.node.id, std::move(node));
  return by_id;
}

/// Directories that steps and logs need.
Status make_run_directories(state::RunId run, const LabHost& host) {
  if (Status made = host.files.make_directories(home_directory(host), 0700); !made) return made;
  return host.files.make_directories(run_log_directory(host, run), 0755);
}

NodeLookup lookup_in(const change::ChangeSet& set, const change::Applied& applied) {
  std::map<std::string, const plan::CommandPlan*, std::less<>> nodes;
  for (const auto& [id, node] : applied) nodes[id] = &node.node;
  for (const Row& row : set.rows)
    if (row.after) nodes[row.id] = &*row.after;
  return [nodes = std::move(nodes)](std::string_view id) {
    auto found = nodes.find(id);
    return found == nodes.end() ? nullptr : found->second;
  };
}

/// Gives running machines a new supervisor, save those that are about to be stopped.
void adopt_machines(const change::ChangeSet& set, const std::vector<Unsupervised>& machines,
                    const LabHost& host, EventStream& events, Tally& tally) {
  for (const Unsupervised& machine : machines) {
    auto found = std::ranges::find(set.rows, machine.node, &Row::id);
    if (found == set.rows.end()) continue;
    const Action action = found->action;
    if (action != Action::None && action != Action::Record && action != Action::Hold) continue;
    const auto row = static_cast<std::size_t>(found - set.rows.begin());
    Status adopted = host.machines.adopt(machine.run_dir);
    if (adopted) {
      tally.adopted(row);
      events.emit(
          Adopted{machine.node, "it runs; its supervisor was gone and has been started again"});
    } else {
      Error error = std::move(adopted).error().with("starting a new supervisor");
      events.emit(NodeFailed{machine.node, action, error.text()});
      tally.failed(row, std::move(error));
    }
  }
}

}  // namespace

Result<ExecResult> execute(const change::ChangeSet& set, const ExecOptions& options,
                           state::StateStore& store, const LabHost& host, Observer& observer) {
  EventStream events(observer, host.clock);
  Tally tally(set);

  // What an earlier run left is judged before anything else is read.
  if (auto recovered = recover(store, host); !recovered) return fail(recovered.error());
  auto unfinished = unfinished_by_id(store);
  if (!unfinished) return fail(unfinished.error());
  Result<change::Applied> applied = store.applied();
  if (!applied) return fail(applied.error());

  // The set still fits the state, and its nodes are what they claim.
  if (Status same = check_state(set, *applied); !same) return fail(same.error());
  if (Status sound = check_nodes(set, options); !sound) return fail(sound.error());
  Result<KeyDocuments> documents = key_documents(set, *applied);
  if (!documents) return fail(documents.error());

  // From here on the work is frozen.
  const Work work = work_of(set, look_at_reruns(set, host));
  if (Status sound = check_rollbacks(set, work, *applied, options); !sound)
    return fail(sound.error());
  if (Status allowed = check_rights(set, work, host); !allowed) return fail(allowed.error());
  Result<Programs> programs = find_programs(set, work, host);
  if (!programs) return fail(programs.error());
  if (Status there = check_secrets(set, work, host); !there) return fail(there.error());
  if (Status fits = check_qemu_versions(set, work, *programs, options.qemu_version, host); !fits)
    return fail(fits.error());
  if (work.items.empty() && options.adopt.empty()) return tally.result(0, host.cancel, events);

  // The run begins.
  Result<state::RunId> run = store.begin_run(
      {host.clock.utc_now(), set.plan_hash, options.change_digest, options.who, options.generator});
  if (!run) return fail(run.error());
  if (Status made = make_run_directories(*run, host); !made) {
    static_cast<void>(store.end_run(*run, host.clock.utc_now(), state::RunStatus::Failed));
    return fail(made.error());
  }
  events.emit(RunStarted{*run, set.plan_hash, tally.nodes_with_work()});
  adopt_machines(set, options.adopt, host, events, tally);

  // Every item, as soon as what it waits for has ended.
  RunFacts facts{*run, set, *applied, *documents, *unfinished, options.remove_disks};
  StepRunner steps(host, store, *programs, options.blobs, lookup_in(set, *applied));
  ItemRunner runner(facts, store, steps, host, events);
  run_all(work, PoolOptions{options.jobs, options.keep_going}, host.cancel,
          [&](const WorkItem& item) { return tally.note(item, runner.run(item), events); });
  steps.save_digests();

  // The run ends.
  ExecResult result = tally.result(*run, host.cancel, events);
  Status ended = store.end_run(*run, host.clock.utc_now(), result.status);
  if (!ended) return fail(std::move(ended).error().with("recording the end of the run"));
  return result;
}

}  // namespace vmplan::exec
