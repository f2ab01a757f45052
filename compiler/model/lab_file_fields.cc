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

constexpr Choice kScopes[] = {{"project"}, {"user"}, {"system"}};

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
    {{.name = "scopes",
      .doc = "places outside the lab whose profiles belong to it too; a machine that the lab has "
             "itself, or the user before the system, hides one of that name",
      .fallback = EmptyList{},
      .choices = kScopes,
      .effect = Effect::None},
     &LabSection::scopes},
};

constexpr Choice kImageFormats[] = {{"qcow2"}, {"raw"}};

constexpr Field<ImageSection> kImageFields[] = {
    {{.name = "path",
      .doc = "the image's file; without it, the image comes from a `url` or a `[[recipe]]`; beside "
             "`url`, a copy that is taken where it is there",
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
      .absent = "the file is hashed when the lab is built; what a recipe makes, when it was made",
      .effect = Effect::Replace},
     &ImageSection::sha256},
    {{.name = "revision",
      .doc = "any text; another one makes the recipe run again, for example to take in newer "
             "packages",
      .fallback = std::string_view(""),
      .effect = Effect::Replace},
     &ImageSection::revision},
    {{.name = "url",
      .doc = "where the file is fetched from: `https://` or `http://`; needs `sha256`",
      .effect = Effect::Record},
     &ImageSection::url},
};

constexpr Field<RecipeSection> kRecipeFields[] = {
    {{.name = "image",
      .doc = "the image that the step helps to make",
      .required = true,
      .effect = Effect::Replace},
     &RecipeSection::image},
    {{.name = "run",
      .doc = "program and arguments, which no shell reads; `{work}` is an empty directory of the "
             "recipe, `{out}` the file that becomes the image, `{image:NAME}` another image",
      .required = true,
      .effect = Effect::Replace},
     &RecipeSection::run},
    {{.name = "env",
      .doc = "variables of its environment, as `NAME=VALUE`",
      .fallback = EmptyList{},
      .effect = Effect::Replace},
     &RecipeSection::env},
    {{.name = "inputs",
      .doc = "files of the lab that it reads; the recipe runs again when one changes",
      .fallback = EmptyList{},
      .path = PathRole::ImageFile,
      .effect = Effect::Replace},
     &RecipeSection::inputs},
    {{.name = "stdin",
      .doc = "text that it reads from its standard input",
      .fallback = std::string_view(""),
      .effect = Effect::Replace,
      .many_lines = true},
     &RecipeSection::standard_input},
    {{.name = "timeout_seconds",
      .doc = "how long it may take",
      .fallback = std::int64_t{3600},
      .min = 1,
      .max = 604'800,
      .unit = "s",
      .effect = Effect::None},
     &RecipeSection::timeout_seconds},
};

constexpr Choice kNetworkModes[] = {{"user"}, {"socket"}, {"bridge"}, {"tap"}};

constexpr Field<NetworkSection> kNetworkFields[] = {
    {{.name = "mode",
      .doc =
          "`user`: each machine behind an address translation of its own; `socket`: machines of "
          "the lab hear each other, and nobody needs any right for it; `bridge`: a bridge of the "
          "host joins them; `tap`: each gets a tap of the host, and no more",
      .required = true,
      .choices = kNetworkModes},
     &NetworkSection::mode},
    {{.name = "device",
      .doc = "bridge of the host to use, which vmplan neither makes nor removes; in mode `bridge` "
             "only",
      .absent = "vmplan makes a bridge"},
     &NetworkSection::device},
    {{.name = "subnet",
      .doc = "IPv4 addresses of the network, for example `10.20.0.0/16`: each card gets one",
      .effect = Effect::Record},
     &NetworkSection::subnet},
};

constexpr Field<PathsSection> kPathsFields[] = {
    {{.name = "allow",
      .doc = "the only places outside the lab that a path may name",
      .fallback = EmptyList{},
      .effect = Effect::None},
     &PathsSection::allow},
};

constexpr Field<LimitsSection> kLimitsFields[] = {
    {{.name = "cores",
      .doc = "most virtual processors of all machines together",
      .min = 1,
      .max = 1'000'000,
      .effect = Effect::None},
     &LimitsSection::cores},
    {{.name = "memory_mb",
      .doc = "most memory of all machines together",
      .min = 1,
      .max = std::int64_t{1} << 40,
      .unit = "MiB",
      .effect = Effect::None},
     &LimitsSection::memory_mb},
    {{.name = "disk_gb",
      .doc = "most space of all disks that vmplan makes together, as the profiles state it",
      .min = 1,
      .max = std::int64_t{1} << 40,
      .unit = "GiB",
      .effect = Effect::None},
     &LimitsSection::disk_gb},
    {{.name = "max_running", .doc = "most machines that run at once", .effect = Effect::None},
     NotYet{FieldType::Integer, "leave it out, and apply fewer machines by name"}},
};

constexpr SectionInfo kPlannedSections[] = {
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
const SectionTable<RecipeSection>& section_table() {
  static constexpr SectionTable<RecipeSection> kTable{
      {.path = "recipe",
       .shape = SectionShape::TableArray,
       .doc = "steps that make images, in the order of running"},
      kRecipeFields};
  return kTable;
}

template <>
const SectionTable<NetworkSection>& section_table() {
  static constexpr SectionTable<NetworkSection> kTable{
      {.path = "networks",
       .shape = SectionShape::NamedTables,
       .doc = "networks that machines of the lab share"},
      kNetworkFields};
  return kTable;
}

template <>
const SectionTable<PathsSection>& section_table() {
  static constexpr SectionTable<PathsSection> kTable{
      {.path = "paths", .doc = "what paths may name"}, kPathsFields};
  return kTable;
}

template <>
const SectionTable<LimitsSection>& section_table() {
  static constexpr SectionTable<LimitsSection> kTable{
      {.path = "limits", .doc = "what the machines of the lab may take together"}, kLimitsFields};
  return kTable;
}

std::span<const SectionInfo> planned_lab_sections() { return kPlannedSections; }

}  // namespace vmplan::model
