// SPDX-License-Identifier: Apache-2.0
// Why a node is what it is, as the difference of the documents that are hashed: never a guess.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/json.h"
#include "compiler/change/argv_diff.h"
#include "compiler/change/change_set.h"

namespace vmplan::change {

struct StepWords {
  std::string step_id;
  std::vector<WordChange> words;
};

/// The differences between two versions of one node.
struct Explanation {
  std::string id;
  bool same_key = false;
  /// Of `spec`.
  std::vector<AttributeChange> attributes;
  /// Of every step whose argv differs; a step that came or went has all its words.
  std::vector<StepWords> steps;
  /// Of the own document outside spec and argv: "rollback.1.timeout_seconds", "inputs.0.sha256".
  std::vector<AttributeChange> others;
  /// Dependencies whose identity differs, came or went: (id, before, after); empty text where
  /// absent.
  struct DepChange {
    std::string id;
    std::string before;
    std::string after;
  };
  std::vector<DepChange> deps;
};

/// Compares the documents of a node. `before_key` and `after_key` are its key documents.
Explanation explain(const plan::CommandPlan& before, const std::string& before_key,
                    const plan::CommandPlan& after, const std::string& after_key);

std::string render_text(const Explanation& explanation);
Json to_json(const Explanation& explanation);

}  // namespace vmplan::change
