// SPDX-License-Identifier: Apache-2.0
// The field tables of `vmplan.toml`, and the walk over all its sections.
#pragma once

#include "compiler/model/field.h"
#include "compiler/model/lab_file.h"

namespace vmplan::model {

template <>
const SectionTable<LabRootSection>& section_table();
template <>
const SectionTable<LabSection>& section_table();
template <>
const SectionTable<ImageSection>& section_table();
template <>
const SectionTable<RecipeSection>& section_table();
template <>
const SectionTable<NetworkSection>& section_table();
template <>
const SectionTable<PathsSection>& section_table();
template <>
const SectionTable<LimitsSection>& section_table();

/// Sections of `vmplan.toml` that are announced and not built.
std::span<const SectionInfo> planned_lab_sections();

/// Calls `visit(table, section)` for every section; `section` is a vector for
/// `[images.NAME]` and `[networks.NAME]`.
template <class AnyLabFile, class Visitor>
void visit_lab_sections(AnyLabFile& file, Visitor&& visit) {
  visit(section_table<LabRootSection>(), file.root);
  visit(section_table<LabSection>(), file.lab);
  visit(section_table<ImageSection>(), file.images);
  visit(section_table<RecipeSection>(), file.recipe);
  visit(section_table<NetworkSection>(), file.networks);
  visit(section_table<PathsSection>(), file.paths);
  visit(section_table<LimitsSection>(), file.limits);
}

}  // namespace vmplan::model
