// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/leftovers.h"

#include <algorithm>

#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

using change::Action;
using change::Row;
using state::UnfinishedNode;

/// A machine or a network device: half made, it is there all the same, and somebody must take it
/// away.
bool is_on_host(const UnfinishedNode& node) {
  if (!node.node.after) return false;
  const auto made = plan::kind_class(node.node.after->applied.node.kind);
  return made == plan::KindClass::Process || made == plan::KindClass::Link;
}

/// The set works on the node, and so continues it, starts it anew or takes it away.
bool is_worked_on(const Row& row) {
  switch (row.action) {
    case Action::None:
    case Action::Record:
      return false;
    case Action::Hold:  // nothing runs, and what is there is neither its old form nor its new one
    case Action::Create:
    case Action::Update:
    case Action::Restart:
    case Action::Rerun:
    case Action::Replace:
    case Action::Destroy:
      return true;
  }
  return true;
}

/// The row takes down what the unfinished run was to make.
bool takes_down(const Row& row, const UnfinishedNode& node) {
  return row.action == Action::Destroy && is_on_host(node) && node.node.new_key == row.before->key;
}

/// What a step made and `publish` has not given its name: nothing that anybody has ever used.
Status remove_unpublished(const UnfinishedNode& node, const LabHost& host) {
  if (!node.node.after) return {};
  for (const plan::Output& output : node.node.after->applied.node.outputs) {
    const std::string made = new_name(output.path);
    Result<os::FileInfo> info = host.files.stat(made);
    if (!info && info.error().kind == ErrorKind::NotFound) continue;
    if (!info) return fail(info.error());
    if (Status removed = host.files.remove(made); !removed) return removed;
  }
  return {};
}

}  // namespace

void count_half_started(change::Applied& applied, const std::vector<UnfinishedNode>& nodes,
                        const Ids& planned) {
  for (const UnfinishedNode& node : nodes)
    if (is_on_host(node) && !planned.contains(node.node.id))
      applied.insert_or_assign(node.node.id, node.node.after->applied);
}

Leftovers leftovers_of(const std::vector<UnfinishedNode>& nodes, const change::ChangeSet& set,
                       const Ids& scope) {
  Leftovers out;
  for (const UnfinishedNode& node : nodes) {
    auto row = std::ranges::find(set.rows, node.node.id, &Row::id);
    if (row == set.rows.end()) {
      if (scope.contains(node.node.id)) out.abandoned.push_back(node);
    } else if (takes_down(*row, node)) {
      out.half_started.push_back(node);
    } else if (!is_worked_on(*row)) {
      out.abandoned.push_back(node);
    }
  }
  return out;
}

Status settle(const Leftovers& leftovers, state::StateStore& store, const LabHost& host) {
  for (const UnfinishedNode& node : leftovers.half_started)
    if (Status done = store.finish_node(node.node.run_id, node.node.id, &*node.node.after); !done)
      return fail(std::move(done).error().with(node.node.id));
  for (const UnfinishedNode& node : leftovers.abandoned) {
    Status done = remove_unpublished(node, host);
    if (done) done = store.forget_pending(node.node.id);
    if (!done) return fail(std::move(done).error().with(node.node.id));
  }
  return {};
}

}  // namespace vmplan::exec
