// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/key_order.h"

#include "compiler/base/text.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/profile_fields.h"

namespace vmplan::model {

std::vector<syntax::TableKeys> key_order() {
  std::vector<syntax::TableKeys> out;
  auto add = [&](const auto& table, const auto&) {
    syntax::TableKeys row;
    if (!table.info.path.empty()) row.table = split(table.info.path, '.');
    if (table.info.shape == SectionShape::NamedTables) row.table.emplace_back("*");
    for (const auto& field : table.fields) row.keys.push_back(field.info.name);
    out.push_back(std::move(row));
  };
  Profile profile;
  visit_sections(profile, add);
  LabFile lab_file;
  visit_lab_sections(lab_file, add);
  return out;
}

}  // namespace vmplan::model
