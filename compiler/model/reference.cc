// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/reference.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "compiler/model/field_text.h"
#include "compiler/model/lab_file_fields.h"
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
  append_planned(out, planned_lab_sections());
  return out;
}

}  // namespace vmplan::model
