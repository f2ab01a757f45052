// SPDX-License-Identifier: Apache-2.0
// Rows of the keys above all sections and of `[vm]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Field<RootSection> kRootFields[] = {
    {{.name = "schema_version",
      .doc = "version of the language that the file is written in",
      .required = true,
      .min = kSchemaVersion,
      .max = kSchemaVersion,
      .effect = Effect::None},
     &RootSection::schema_version},
};

constexpr Choice kBackends[] = {
    {"qemu"},
    {"proxmox", "use `backend = \"qemu\"`"},
    {"firecracker", "use `backend = \"qemu\"`"},
};

constexpr Choice kTargets[] = {{"local"}};

constexpr Field<VmSection> kVmFields[] = {
    {{.name = "name",
      .doc = "name of the machine in the lab",
      .required = true,
      .effect = Effect::Replace},
     &VmSection::name},
    {{.name = "description",
      .doc = "free text for people; influences nothing",
      .fallback = std::string_view(""),
      .effect = Effect::None,
      .many_lines = true},
     &VmSection::description},
    {{.name = "qemu_binary",
      .doc = "program that runs the machine: a bare name vmplan knows, or an absolute path",
      .absent = "the platform\'s",
      .path = PathRole::Binary},
     &VmSection::qemu_binary},
    {{.name = "backend",
      .doc = "what runs the machine",
      .fallback = std::string_view("qemu"),
      .choices = kBackends,
      .effect = Effect::Replace},
     &VmSection::backend},
    {{.name = "target",
      .doc = "host that runs the machine; `local` is this one",
      .fallback = std::string_view("local"),
      .choices = kTargets,
      .effect = Effect::Replace},
     &VmSection::target},
    {{.name = "extends",
      .doc = "file that this profile builds on, relative to the lab: its tables are merged under "
             "this profile's, its lists of tables item by item of one `name`",
      .path = PathRole::Template,
      .effect = Effect::None,
      .consumed = true},
     &VmSection::extends},
    {{.name = "tags",
      .doc = "words to select machines by: `vmplan apply tag:db`",
      .fallback = EmptyList{},
      .effect = Effect::Record},
     &VmSection::tags},
    {{.name = "depends_on",
      .doc = "machines of the lab that start before this one and stop after it",
      .fallback = EmptyList{},
      .effect = Effect::Record},
     &VmSection::depends_on},
    {{.name = "autostart", .doc = "start with the host", .effect = Effect::Record},
     NotYet{FieldType::Flag, "leave it out, and run `vmplan apply` when the host is up"}},
};

}  // namespace

template <>
const SectionTable<RootSection>& section_table() {
  static constexpr SectionTable<RootSection> kTable{
      {.path = "", .shape = SectionShape::Root, .doc = "keys above all sections"}, kRootFields};
  return kTable;
}

template <>
const SectionTable<VmSection>& section_table() {
  static constexpr SectionTable<VmSection> kTable{
      {.path = "vm", .doc = "identity of the machine", .required = true}, kVmFields};
  return kTable;
}

}  // namespace vmplan::model
