// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/row_facts.h"

#include <algorithm>

#include "compiler/plan/judge.h"

namespace vmplan::change {

plan::KindClass class_of(const plan::CommandPlan& node) {
  return plan::kind_class(node.kind).value_or(plan::KindClass::Data);
}

bool is_process(const plan::CommandPlan& node) {
  return class_of(node) == plan::KindClass::Process;
}

bool is_data(const plan::CommandPlan& node) { return class_of(node) == plan::KindClass::Data; }

bool is_link(const plan::CommandPlan& node) { return class_of(node) == plan::KindClass::Link; }

bool runs_steps(Action action) {
  switch (action) {
    case Action::None:
    case Action::Record:
    case Action::Hold:
      return false;
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

plan::Risk row_risk(const Row& row) {
  switch (row.action) {
    case Action::None:
    case Action::Record:
    case Action::Hold:
      return plan::Risk::Low;
    case Action::Create:
    case Action::Update:
    case Action::Rerun:
      return plan::steps_risk(row.after->commands);
    case Action::Restart:
    case Action::Replace:
      return std::max(plan::steps_risk(row.before->rollback),
                      plan::steps_risk(row.after->commands));
    case Action::Destroy:
      return plan::steps_risk(row.before->rollback);
  }
  return plan::Risk::Critical;
}

}  // namespace vmplan::change
