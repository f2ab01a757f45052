// SPDX-License-Identifier: Apache-2.0
// The field tables of a profile, and the walk over all its sections.
#pragma once

#include "compiler/model/field.h"
#include "compiler/model/profile.h"

namespace vmplan::model {

template <>
const SectionTable<RootSection>& section_table();
template <>
const SectionTable<VmSection>& section_table();
template <>
const SectionTable<HardwareSection>& section_table();
template <>
const SectionTable<NumaSection>& section_table();
template <>
const SectionTable<DiskSection>& section_table();
template <>
const SectionTable<InterfaceSection>& section_table();
template <>
const SectionTable<SerialSection>& section_table();
template <>
const SectionTable<QmpSection>& section_table();
template <>
const SectionTable<ConsoleSection>& section_table();
template <>
const SectionTable<KernelSection>& section_table();
template <>
const SectionTable<LifecycleSection>& section_table();
template <>
const SectionTable<CloudInitSection>& section_table();
template <>
const SectionTable<GuestUserSection>& section_table();
template <>
const SectionTable<GuestFileSection>& section_table();
template <>
const SectionTable<InstancesSection>& section_table();

/// Sections of a profile that are announced and not built.
std::span<const SectionInfo> planned_profile_sections();

/// Calls `visit(table, section)` for every section; `section` is a vector for `[[...]]`.
template <class AnyProfile, class Visitor>
void visit_sections(AnyProfile& profile, Visitor&& visit) {
  visit(section_table<RootSection>(), profile.root);
  visit(section_table<VmSection>(), profile.vm);
  visit(section_table<HardwareSection>(), profile.hardware);
  visit(section_table<NumaSection>(), profile.numa);
  visit(section_table<DiskSection>(), profile.disks);
  visit(section_table<InterfaceSection>(), profile.interfaces);
  visit(section_table<SerialSection>(), profile.serial);
  visit(section_table<QmpSection>(), profile.qmp);
  visit(section_table<ConsoleSection>(), profile.console);
  visit(section_table<KernelSection>(), profile.kernel);
  visit(section_table<LifecycleSection>(), profile.lifecycle);
  visit(section_table<CloudInitSection>(), profile.cloud_init);
  visit(section_table<GuestUserSection>(), profile.guest_users);
  visit(section_table<GuestFileSection>(), profile.guest_files);
  visit(section_table<InstancesSection>(), profile.instances);
}

}  // namespace vmplan::model
