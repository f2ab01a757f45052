// SPDX-License-Identifier: Apache-2.0
// What a node's steps mean for a reviewer: risk, privilege, loss. Computed from argv alone, never
// taken on trust; rollback and probe are judged exactly like commands, so that a node says the
// worst that it can do. What a change set runs now is judged by steps_risk() of just that, so that
// an ordinary start is not taken for the removal that would undo it.
#pragma once

#include <string>
#include <vector>

#include "compiler/plan/command_plan.h"

namespace vmplan::plan {

/// The highest risk of the steps, by what they run; Low when there are none.
Risk steps_risk(const std::vector<Step>& steps);
/// True when the step takes something away that cannot be had back.
bool step_is_destructive(const Step& step);
/// True when the program needs rights beyond those of an ordinary user.
bool step_requires_privilege(const Step& step);

/// The fields of a node that follow from its kind, its source and its steps.
struct Judgement {
  bool requires_privilege = false;
  bool destructive = false;
  bool confirmation_required = false;
  Risk risk = Risk::Low;
  Category category = Category::General;
  std::vector<std::string> affected_resources;
  friend bool operator==(const Judgement&, const Judgement&) = default;
};

Judgement judge(const CommandPlan& node);
/// Writes the judgement into the node and the flags into its steps.
void apply_judgement(CommandPlan& node);

}  // namespace vmplan::plan
