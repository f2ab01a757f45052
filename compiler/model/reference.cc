// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/reference.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "compiler/model/field_text.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/migrations.h"
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Generated from compiler/model/*_fields.cc; a test compares. Do not edit. -->
# Profiles and vmplan.toml, key by key

The tables that decode, check and canonicalise both files, as a page; `vmplan schema profile` and `vmplan schema lab` are the
same tables for editors. What is between the keys (paths, names, defaults, how an editor learns the schema) is in
[language](language.md).

*If absent*: required; or the default, which changes nothing when it is written out; or, in words, what takes its place; or
nothing. *Values* of a number are inclusive. *Since* is the first release that knows the key. *A change*, made after the
machine was applied:

)";

std::string_view type_text(const FieldInfo& info, FieldType type) {
  switch (type) {
    case FieldType::Text:
      return info.path == PathRole::None ? "string" : "path";
    case FieldType::Integer:
      return "integer";
    case FieldType::Flag:
      return "boolean";
    case FieldType::TextList:
      return "list of strings";
    case FieldType::Secret:
      return "secret";
    case FieldType::Table:
      return "table";
    case FieldType::TableArray:
      return "list of tables";
  }
  return "";
}

struct DefaultText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(std::string_view text) const { return fmt::format("`\"{}\"`", text); }
  std::string operator()(std::int64_t number) const { return fmt::format("`{}`", number); }
  std::string operator()(bool flag) const { return flag ? "`true`" : "`false`"; }
  std::string operator()(EmptyList) const { return "`[]`"; }
};

std::string absent_text(const FieldInfo& info) {
  if (info.required) return "required";
  std::string fallback = std::visit(DefaultText{}, info.fallback);
  return fallback.empty() ? std::string(info.absent) : fallback;
}

std::string range_text(const FieldInfo& info) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (info.min == info.max) return fmt::format("`{}`", info.min);
  if (info.min == Limits::min() && info.max == Limits::max()) return "";
  if (info.max == Limits::max()) return fmt::format("from {}", info.min);
  if (info.min == Limits::min()) return fmt::format("up to {}", info.max);
  return fmt::format("{}..{}", info.min, info.max);
}

std::string values_text(const FieldInfo& info) {
  std::string out;
  for (const Choice& choice : info.choices)
    if (choice.is_built()) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", choice.word);
  out += range_text(info);
  if (!info.unit.empty()) out += fmt::format("{}{}", out.empty() ? "" : " ", info.unit);
  return out;
}

/// Text for one cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

/// Appends the page of one section after the other.
struct Page {
  std::string& out;

  template <class S, class Section>
  void operator()(const SectionTable<S>& table, const Section&) const {
    begin(table.info);
    std::string planned;
    for (const Field<S>& field : table.fields) {
      if (field.is_built()) {
        row(field.info, field.type());
      } else {
        std::string_view instead = std::get<NotYet>(field.member).instead;
        planned += fmt::format("- `{}` ({}): {}\n", field.info.name, field.info.doc, instead);
      }
      for (const Choice& choice : field.info.choices)
        if (!choice.is_built())
          planned +=
              fmt::format("- `{} = \"{}\"`: {}\n", field.info.name, choice.word, choice.instead);
    }
    if (!planned.empty()) out += fmt::format("\nKnown and not built yet:\n\n{}", planned);
  }

 private:
  void begin(const SectionInfo& section) const {
    bool root = section.shape == SectionShape::Root;
    out += fmt::format("\n### {}\n\n",
                       root ? "Outside any table" : fmt::format("`{}`", section_header(section)));
    out += fmt::format("{}{}\n\n", section.doc, section.required ? "; required" : "");
    out +=
        "| key | type | if absent | values | a change | since | meaning |\n"
        "|---|---|---|---|---|---|---|\n";
  }

  void row(const FieldInfo& info, FieldType type) const {
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", info.name, type_text(info, type),
                       cell(absent_text(info)), cell(values_text(info)), effect_word(info.effect),
                       info.since, cell(info.doc));
  }
};

void append_effects(std::string& out) {
  constexpr std::array kEffects = {Effect::None,    Effect::Record,  Effect::Live,
                                   Effect::Restart, Effect::Replace, Effect::Refused};
  for (Effect effect : kEffects)
    out += fmt::format("- {}: {}\n", effect_word(effect), effect_sentence(effect));
}

void append_planned(std::string& out, std::span<const SectionInfo> sections) {
  if (sections.empty()) return;
  out += "\n### Sections that are known and not built yet\n\n";
  for (const SectionInfo& section : sections)
    out += fmt::format("- `{}` ({}): {}\n", section_header(section), section.doc, section.instead);
}

/// What one edit does, as a row.
std::string edit_row(const MigrationEdit& edit) {
  switch (edit.kind) {
    case EditKind::Rename:
      return fmt::format("| `{}` | is called `{}` |\n", edit.path, edit.to);
    case EditKind::Move:
      return fmt::format("| `{}` | stands at `{}` |\n", edit.path, edit.to);
    case EditKind::Replace:
      return fmt::format("| `{} = {}` | is written `{}` |\n", edit.path, edit.from, edit.to);
    case EditKind::Drop:
      return fmt::format("| `{}` | is gone; needs `--allow-loss` |\n", edit.path);
  }
  return "";
}

void append_versions(std::string& out) {
  out += fmt::format(
      "\n## Versions\n\n"
      "`schema_version` says which version of the language a file is written in; this vmplan reads "
      "version {}. `vmplan migrate`\n"
      "shows what an older file says in that version, and with `--write` writes it, after a "
      "backup. It changes what is listed\n"
      "here and nothing else, comments and layout included. Where the key of the older and that of "
      "the newer version both\n"
      "stand, it writes nothing (VP0311). Version 0 is the draft before version 1: a file with "
      "`schema_version = 0`, or without it.\n",
      kSchemaVersion);
  for (const Migration& migration : migrations()) {
    out += fmt::format("\n{} of version {} to {}: `schema_version = {}` is set{}\n",
                       migration.file == FileKind::Profile ? "A profile" : "vmplan.toml",
                       migration.from, migration.from + 1, migration.from + 1,
                       migration.edits.empty() ? "." : ", and");
    if (migration.edits.empty()) continue;
    out += "\n| key | in the newer version |\n|---|---|\n";
    for (const MigrationEdit& edit : migration.edits) out += edit_row(edit);
  }
}

}  // namespace

std::string profile_reference() {
  std::string out(kIntroduction);
  append_effects(out);
  out += "\n## A profile\n";
  Profile profile;
  visit_sections(profile, Page{out});
  append_planned(out, planned_profile_sections());
  out += "\n## vmplan.toml\n";
  LabFile file;
  visit_lab_sections(file, Page{out});
  out +=
      "\n### `[defaults]`\n\n"
      "Sections of a profile, such as `[defaults.hardware]`, with any of their keys but `vm.name` "
      "and `vm.extends`. Every profile of the lab,\nwith all it builds on, is laid over them: "
      "tables key by key, `[[storage.disks]]` and `[[network.interfaces]]` by `name`.\n";
  append_planned(out, planned_lab_sections());
  append_versions(out);
  return out;
}

}  // namespace vmplan::model
