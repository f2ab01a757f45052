// SPDX-License-Identifier: Apache-2.0
// A change set for a terminal. The word of every row carries the meaning; symbol and colour only
// repeat it.
#pragma once

#include <string>

#include "compiler/base/diagnostic_render.h"
#include "compiler/change/diff.h"

namespace vmplan::change {

struct TextOptions {
  Colour colour = Colour::Off;
  /// Also the words of the command lines that change.
  bool argv = false;
};

/// Rows that do something, are held or kept, grouped by machine, then the line "Plan: 2 to create,
/// 0 to destroy.".
std::string render_text(const ChangeSet& set, const TextOptions& options = {});

/// "Plan: 2 to create, 1 to restart, 0 to destroy." Counters that are zero are left out, but for
/// create and destroy.
std::string summary_line(const ChangeSet& set);

/// Refusals for people, one paragraph each.
std::string render_text(const std::vector<Refusal>& refusals, Colour colour);

}  // namespace vmplan::change
