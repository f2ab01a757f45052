// SPDX-License-Identifier: Apache-2.0
// Rows of `[instances]`.
#include "compiler/model/limits.h"
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Field<InstancesSection> kInstancesFields[] = {
    {{.name = "count",
      .doc = "how many machines; `{index}` in texts counts from 0",
      .min = 1,
      .max = kMostInstances,
      .effect = Effect::None,
      .consumed = true},
     &InstancesSection::count},
    {{.name = "for_each",
      .doc = "a text for each machine; `{each}` in texts stands for it",
      .effect = Effect::None,
      .consumed = true},
     &InstancesSection::for_each},
};

}  // namespace

template <>
const SectionTable<InstancesSection>& section_table() {
  static constexpr SectionTable<InstancesSection> kTable{
      {.path = "instances", .doc = "many machines from one profile; give `count` or `for_each`"},
      kInstancesFields};
  return kTable;
}

}  // namespace vmplan::model
