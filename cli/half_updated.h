// SPDX-License-Identifier: Apache-2.0
// What views say about nodes that an interrupted run left half-done: until it is finished, every
// one of them says so.
#pragma once

#include <string>
#include <vector>

#include "compiler/change/change_set.h"
#include "runtime/state/records.h"

namespace vmplan::cli {

/// "half-updated: a run that did not finish began to create it".
std::string half_updated_text(const state::UnfinishedNode& node);

/// The node of this id; null when nothing of it is unfinished.
const state::UnfinishedNode* find_unfinished(const std::vector<state::UnfinishedNode>& nodes,
                                             std::string_view id);

/// "forgotten disk/web/old: ..." for what nothing wants any more.
std::string abandoned_text(const state::UnfinishedNode& node);

/// Puts it into the notes of the rows, with what this set makes of it. Returns them, a line each.
std::vector<std::string> note_half_updated(change::ChangeSet& set,
                                           const std::vector<state::UnfinishedNode>& nodes);

}  // namespace vmplan::cli
