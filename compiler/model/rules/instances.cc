// SPDX-License-Identifier: Apache-2.0
// Rules on `[instances]`.
#include <fmt/format.h>

#include <map>

#include "compiler/model/limits.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

void bad_instances(std::string summary, std::string detail, Span span, std::vector<Note> notes,
                   std::string help, Diagnostics& diagnostics) {
  diagnostics.add({Code::BadInstances, std::move(summary), std::move(detail), span,
                   std::move(notes), std::move(help)});
}

}  // namespace

void instances(const MachineScope& vm, Diagnostics& diagnostics) {
  const InstancesSection& section = vm.profile().instances;
  if (!section.present) return;
  const bool both = section.count.present && section.for_each.present;
  if (both || (!section.count.present && !section.for_each.present))
    bad_instances(
        "`[instances]` does not say how many machines there are",
        both ? "both `count` and `for_each` are given" : "neither `count` nor `for_each` is given",
        section.span, {}, "give `count` or `for_each`", diagnostics);
  if (!section.for_each.has()) return;
  const std::vector<ListItem>& items = *section.for_each;
  if (items.empty() || items.size() > kMostInstances)
    bad_instances(fmt::format("`for_each` has {} texts", items.size()),
                  fmt::format("expected 1 to {}", kMostInstances), section.for_each.span, {},
                  "take the profile away if there is to be no machine", diagnostics);
  std::map<std::string_view, Span> first;
  for (const ListItem& item : items) {
    auto [found, fresh] = first.emplace(item.text, item.span);
    if (!fresh)
      bad_instances(fmt::format("`{}` stands twice in `for_each`", item.text),
                    "each text stands for one machine", item.span,
                    {{"the first one is here", found->second}}, "remove one of them", diagnostics);
  }
}

}  // namespace vmplan::model::rules
