// SPDX-License-Identifier: Apache-2.0
#include "cli/half_updated.h"

#include <fmt/format.h>

#include <algorithm>

namespace vmplan::cli {
namespace {

bool same_key(const std::optional<plan::CommandPlan>& node, const std::optional<Digest>& key) {
  return node ? key == node->key : !key;
}

/// What becomes of it.
std::string_view outcome(const change::Row& row, const state::PendingNode& node) {
  switch (row.action) {
    case change::Action::None:
    case change::Action::Record:
      return "; nothing is left to be done";
    case change::Action::Hold:
      return "";
    case change::Action::Create:
    case change::Action::Update:
    case change::Action::Restart:
    case change::Action::Rerun:
    case change::Action::Replace:
    case change::Action::Destroy:
      return same_key(row.before, node.old_key) && same_key(row.after, node.new_key)
                 ? "; this goes on from there"
                 : "; this starts anew";
  }
  return "";
}

}  // namespace

std::string half_updated_text(const state::UnfinishedNode& node) {
  return fmt::format("half-updated: a run that did not finish began to {} it",
                     change::to_text(node.node.action));
}

std::string abandoned_text(const state::UnfinishedNode& node) {
  return fmt::format(
      "forgotten {}: a run that did not finish began to {} it, and nothing wants that any more\n",
      node.node.id, change::to_text(node.node.action));
}

const state::UnfinishedNode* find_unfinished(const std::vector<state::UnfinishedNode>& nodes,
                                             std::string_view id) {
  auto found = std::ranges::find_if(nodes, [&](const auto& node) { return node.node.id == id; });
  return found == nodes.end() ? nullptr : &*found;
}

std::vector<std::string> note_half_updated(change::ChangeSet& set,
                                           const std::vector<state::UnfinishedNode>& nodes) {
  std::vector<std::string> lines;
  for (change::Row& row : set.rows) {
    const state::UnfinishedNode* node = find_unfinished(nodes, row.id);
    if (node == nullptr) continue;
    std::string note = half_updated_text(*node);
    note += outcome(row, node->node);
    lines.push_back(fmt::format("{}: {}\n", row.id, note));
    row.note = row.note.empty() ? note : note + "; " + row.note;
  }
  return lines;
}

}  // namespace vmplan::cli
