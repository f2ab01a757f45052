// SPDX-License-Identifier: Apache-2.0
// TARGET words to node ids: a VM's name, a node id, a glob over either, or `tag:WORD`.
#pragma once

#include <map>
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

/// What words may mean.
struct Known {
  Ids ids;
  /// Machines by the tags of their profiles.
  std::map<std::string, Ids, std::less<>> by_tag;
};
Known known_in(const plan::Plan& plan);
Known known_in(const change::Applied& applied);

/// Nodes of the last build, by its lock file; none when there is none that can be read.
Ids ids_of_lock(const os::FileSystem& files, const std::string& lock_path);

/// The nodes of `known` that the words mean; "web" means vm/web, "tag:db" every machine with that
/// tag. nullopt after an error message for
/// a word that means none, with the nearest name.
std::optional<Ids> select_targets(Context& context, const std::vector<std::string>& words,
                                  const Known& known);

}  // namespace vmplan::cli
