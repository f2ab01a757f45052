// SPDX-License-Identifier: Apache-2.0
// The language of `vmplan.toml`, schema 1, one row per key.
#include "compiler/model/lab_file_fields.h"

namespace vmplan::model {
namespace {

constexpr Field<LabRootSection> kRootFields[] = {
    {{.name = "schema_version",
      .doc = "version of the language that the file is written in",
      .required = true,
      .min = kSchemaVersion,
      .max = kSchemaVersion,
      .effect = Effect::None},
     &LabRootSection::schema_version},
};

constexpr Field<LabSection> kLabFields[] = {
    {{.name = "name",
      .doc = "name of the lab; part of derived addresses and identifiers",
      .fallback = std::string_view("lab")},
     &LabSection::name},
    {{.name = "instance",
      .doc = "told apart from other copies of the lab on one network; mixed into derived addresses",
      .fallback = std::string_view("")},
     &LabSection::instance},
    {{.name = "profiles",
      .doc = "patterns of profile files",
      .absent = "`profiles/*.toml`",
      .effect = Effect::None},
     &LabSection::profiles},
    {{.name = "platform",
      .doc = "named platform that the lab is built for",
      .absent = "`linux-ARCH-tcg` where every profile asks for tcg, else `linux-ARCH-kvm`"},
     &LabSection::platform},
    {{.name = "scopes", .doc = "further places to look for profiles"},
     NotYet{FieldType::TextList, "copy the profiles into the lab"}},
};

constexpr Choice kImageFormats[] = {{"qcow2"}, {"raw"}};

constexpr Field<ImageSection> kImageFields[] = {
    {{.name = "path",
      .doc = "the image's file",
      .required = true,
      .path = PathRole::ImageFile,
      .effect = Effect::Replace},
     &ImageSection::path},
    {{.name = "format",
      .doc = "format of the file",
      .required = true,
      .choices = kImageFormats,
      .effect = Effect::Replace},
     &ImageSection::format},
    {{.name = "sha256",
      .doc = "digest of the file, 64 lower-case hex digits",
      .absent = "the file is hashed when the lab is built",
      .effect = Effect::Replace},
     &ImageSection::sha256},
    {{.name = "url", .doc = "where the file comes from"},
     NotYet{FieldType::Text, "leave it out, and put the file at `path`"}},
};

constexpr Field<PathsSection> kPathsFields[] = {
    {{.name = "allow",
      .doc = "the only places outside the lab that a path may name",
      .fallback = EmptyList{},
      .effect = Effect::None},
     &PathsSection::allow},
};

constexpr SectionInfo kPlannedSections[] = {
    {.path = "defaults",
     .doc = "values merged under every profile",
     .instead = "write the values into each profile"},
    {.path = "networks",
     .doc = "networks of the lab",
     .instead = "leave it out, and use interfaces of `type = \"user\"`"},
    {.path = "limits", .doc = "what the lab may use of its host", .instead = "leave it out"},
    {.path = "moved",
     .doc = "machines that were renamed",
     .instead = "leave it out, and keep the old names"},
};

}  // namespace

template <>
const SectionTable<LabRootSection>& section_table() {
  static constexpr SectionTable<LabRootSection> kTable{
      {.path = "", .shape = SectionShape::Root, .doc = "keys above all sections"}, kRootFields};
  return kTable;
}

template <>
const SectionTable<LabSection>& section_table() {
  static constexpr SectionTable<LabSection> kTable{{.path = "lab", .doc = "the lab itself"},
                                                   kLabFields};
  return kTable;
}

template <>
const SectionTable<ImageSection>& section_table() {
  static constexpr SectionTable<ImageSection> kTable{
      {.path = "images", .shape = SectionShape::NamedTables, .doc = "images that disks start from"},
      kImageFields};
  return kTable;
}

template <>
const SectionTable<PathsSection>& section_table() {
  static constexpr SectionTable<PathsSection> kTable{
      {.path = "paths", .doc = "what paths may name"}, kPathsFields};
  return kTable;
}

std::span<const SectionInfo> planned_lab_sections() { return kPlannedSections; }

}  // namespace vmplan::model
