// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/change_set.h"

#include <algorithm>

namespace vmplan::change {

std::string_view to_text(Action action) {
  switch (action) {
    case Action::None:
      return "none";
    case Action::Record:
      return "record";
    case Action::Hold:
      return "hold";
    case Action::Create:
      return "create";
    case Action::Update:
      return "update";
    case Action::Restart:
      return "restart";
    case Action::Rerun:
      return "rerun";
    case Action::Replace:
      return "replace";
    case Action::Destroy:
      return "destroy";
  }
  return "none";
}

std::string_view symbol(Action action) {
  switch (action) {
    case Action::None:
    case Action::Record:
      return " ";
    case Action::Hold:
      return "=";
    case Action::Create:
      return "+";
    case Action::Update:
      return "~";
    case Action::Restart:
      return "^";
    case Action::Rerun:
      return "!";
    case Action::Replace:
      return "-/+";
    case Action::Destroy:
      return "-";
  }
  return " ";
}

std::size_t ChangeSet::count(Action action) const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const Row& row) { return row.action == action; }));
}

bool has_effect(const Row& row) { return row.action != Action::None && row.action != Action::Hold; }

bool ChangeSet::has_work() const { return std::any_of(rows.begin(), rows.end(), has_effect); }

}  // namespace vmplan::change
