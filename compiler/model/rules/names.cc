// SPDX-License-Identifier: Apache-2.0
// Rules on names of machines and of what they consist of.
#include <fmt/format.h>

#include <map>

#include "compiler/base/text.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

void check_name(std::string_view what, const WrittenText& name, Diagnostics& diagnostics) {
  if (!name.has()) return;
  auto fault = name_fault(*name);
  if (!fault) return;
  std::string better = legal_name(*name);
  diagnostics.add(
      {Code::BadName,
       fmt::format("`{}` is no name of {}", *name, what),
       *fault,
       name.span,
       {},
       better.empty() ? "use letters, digits, `-` and `_`, a letter or digit first"
                      : fmt::format("use letters, digits, `-` and `_`, for example `{}`", better)});
}

std::string article_and(std::string_view noun) {
  return fmt::format("{} {}", noun[0] == 'i' ? "an" : "a", noun);
}

template <class S>
void check_items(std::string_view what, const std::vector<S>& items, Diagnostics& diagnostics) {
  std::map<std::string, const WrittenText*> seen;
  for (const S& item : items) {
    check_name(article_and(what), item.name, diagnostics);
    if (!item.name.has() || name_fault(*item.name)) continue;
    auto [first, fresh] = seen.emplace(ascii_lower(*item.name), &item.name);
    if (fresh) continue;
    bool same = **first->second == *item.name;
    diagnostics.add({Code::DuplicateItem,
                     fmt::format("two {}s are named `{}`", what, *item.name),
                     same ? "this name is taken" : "this name is taken, but for capitals",
                     item.name.span,
                     {{"the first one is here", first->second->span}},
                     "give each its own name"});
  }
}

}  // namespace

void machine_name(const MachineScope& vm, Diagnostics& diagnostics) {
  check_name("a machine", vm.profile().vm.name, diagnostics);
}

void disk_names(const MachineScope& vm, Diagnostics& diagnostics) {
  check_items("disk", vm.profile().disks, diagnostics);
}

void interface_names(const MachineScope& vm, Diagnostics& diagnostics) {
  check_items("interface", vm.profile().interfaces, diagnostics);
}

void unique_machines(const LabScope& lab, Diagnostics& diagnostics) {
  std::map<std::string, const WrittenText*> seen;
  for (const MachineScope& vm : lab.machines) {
    const WrittenText& name = vm.profile().vm.name;
    if (!vm.places) continue;
    auto [first, fresh] = seen.emplace(ascii_lower(*name), &name);
    if (fresh) continue;
    bool same = **first->second == *name;
    diagnostics.add({Code::DuplicateVm,
                     fmt::format("two machines are named `{}`", *name),
                     same ? "this name is taken" : "this name is taken, but for capitals",
                     name.span,
                     {{"the first one is here", first->second->span}},
                     "rename one of them; the names of files do not matter"});
  }
}

}  // namespace vmplan::model::rules
