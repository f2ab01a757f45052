// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/reference.h"

#include <fmt/format.h>

#include <vector>

#include "compiler/base/text.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/migrations.h"
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

std::string_view type_text(FieldType type) {
  switch (type) {
    case FieldType::Text:
      return "string";
    case FieldType::Integer:
      return "integer";
    case FieldType::Flag:
      return "boolean";
    case FieldType::TextList:
      return "list of strings";
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

std::string values_text(const FieldInfo& info) {
  std::string out;
  for (const Choice& choice : info.choices)
    if (choice.is_built()) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", choice.word);
  if (info.min != std::numeric_limits<std::int64_t>::min())
    out += fmt::format("{}..{}{}{}", info.min, info.max, info.unit.empty() ? "" : " ", info.unit);
  return out;
}

std::string heading(const SectionInfo& section) {
  switch (section.shape) {
    case SectionShape::Root:
      return "Outside any table";
    case SectionShape::Table:
      return fmt::format("`[{}]`", section.path);
    case SectionShape::TableArray:
      return fmt::format("`[[{}]]`", section.path);
    case SectionShape::NamedTables:
      return fmt::format("`[{}.NAME]`", section.path);
  }
  return "";
}

/// Appends the page of one section after the other.
struct Page {
  std::string& out;

  template <class S, class Section>
  void operator()(const SectionTable<S>& table, const Section&) const {
    out += fmt::format("\n### {}\n\n", heading(table.info));
    if (!table.info.doc.empty()) out += fmt::format("{}\n\n", table.info.doc);
    out += "| key | type | required or default | values | meaning |\n|---|---|---|---|---|\n";
    std::vector<std::string_view> planned;
    for (const Field<S>& field : table.fields) {
      if (!field.is_built()) {
        planned.push_back(field.info.name);
        continue;
      }
      out += fmt::format(
          "| `{}` | {} | {} | {} | {} |\n", field.info.name, type_text(field.type()),
          field.info.required ? "required" : std::visit(DefaultText{}, field.info.fallback),
          values_text(field.info), field.info.doc);
    }
    if (!planned.empty())
      out += fmt::format("\nKnown and not built yet: `{}`.\n", join(planned, "`, `"));
  }
};

void append_planned(std::string& out, std::span<const SectionInfo> sections) {
  out += "\nKnown and not built yet:";
  for (const SectionInfo& section : sections) out += fmt::format(" {}", heading(section));
  out += ".\n";
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

std::string language_reference() {
  std::string out =
      "# The language\n\n"
      "Written by a test from the field tables in `compiler/model/*_fields.cc`, which also decode, "
      "check and canonicalise\n"
      "profiles. A key that is not in here is a warning (VP0301) and changes no byte of a plan; "
      "one that is known and not\n"
      "built yet is an error, never dropped.\n\n"
      "A lab is a directory with `profiles/*.toml` and perhaps `vmplan.toml`, or one profile. "
      "Paths are relative to the lab\n"
      "root. Names start with a letter or digit, hold `A-Z a-z 0-9 _ -`, and are at most 63 bytes "
      "long.\n\n"
      "## A profile\n";
  Profile profile;
  visit_sections(profile, Page{out});
  append_planned(out, planned_profile_sections());
  out += "\n## vmplan.toml\n";
  LabFile file;
  visit_lab_sections(file, Page{out});
  append_planned(out, planned_lab_sections());
  append_versions(out);
  return out;
}

}  // namespace vmplan::model
