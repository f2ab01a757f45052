// SPDX-License-Identifier: Apache-2.0
// TARGET words to node ids: a VM's name, a node id, or a glob over either.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/command.h"
#include "compiler/change/change_set.h"
#include "compiler/plan/plan.h"
#include "runtime/os/file_system.h"

namespace vmplan::cli {

using Ids = std::set<std::string, std::less<>>;

Ids ids_of(const plan::Plan& plan);
Ids ids_of(const change::Applied& applied);

/// Nodes of the last build, by its lock file; none when there is none that can be read.
Ids ids_of_lock(const os::FileSystem& files, const std::string& lock_path);

/// The nodes of `known` that the words mean; "web" means vm/web. nullopt after an error message for
/// a word that means none, with the nearest name.
std::optional<Ids> select_targets(Context& context, const std::vector<std::string>& words,
                                  const Ids& known);

}  // namespace vmplan::cli
