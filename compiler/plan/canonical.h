// SPDX-License-Identifier: Apache-2.0
// The bytes of a node: what is hashed, what stands in the plan file, what the state keeps.
// Members are written in sorted order by hand, so that no tree is built for a node.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::plan {

/// Line 1 of `vmplan canon --node ID`: what the node is by itself.
std::string own_document(const CommandPlan& node);

/// A dependency as a dependant's key sees it.
using DepIdentity = std::pair<std::string_view, Digest>;
/// Line 2: what it is with everything it rests on. Requires: `deps` sorted by id.
std::string key_document(const Digest& own, const std::vector<DepIdentity>& deps);

/// Appends the whole node as it stands in the plan file and in the state.
void append_node(std::string& bytes, const CommandPlan& node);
std::string node_document(const CommandPlan& node);

/// Reads a node back. Unknown or missing members, other spellings and other types are refused: the
/// result's document is the text, byte for byte. Digests are not recomputed here (verify.h does).
/// Errors: Corrupt, naming the member.
Result<CommandPlan> read_node(std::string_view document);

}  // namespace vmplan::plan
