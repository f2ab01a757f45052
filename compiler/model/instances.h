// SPDX-License-Identifier: Apache-2.0
// `[instances]`: one profile as the profiles of many machines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/document.h"

namespace vmplan::model {

/// The machines that a profile stands for.
struct Instances {
  std::size_t count = 1;
  /// What `{each}` is for each of them; empty: they are only counted.
  std::vector<std::string> each;
};

/// What a whole profile says; nullopt when it stands for one machine. A section that is wrong
/// counts as one machine; decoding and the rules say what is wrong.
std::optional<Instances> instances_of(const syntax::Document& profile);

/// The profile of one machine, all placeholders replaced. Findings are the same for every one.
/// Errors: BadPlaceholder, BadInstances for a machine's name that has no placeholder.
syntax::Document instance_of(const syntax::Document& profile, const Instances& instances,
                             std::size_t index, Diagnostics& diagnostics);

}  // namespace vmplan::model
