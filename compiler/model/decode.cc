// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/base/text.h"
#include "compiler/model/decode_value.h"
#include "compiler/model/defaults.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/profile_fields.h"
#include "compiler/model/schema_version.h"
#include "compiler/model/secret_text.h"

namespace vmplan::model {
namespace {

using syntax::Document;
using syntax::Member;
using syntax::Value;

/// A key that some section has, for "did you mean".
struct KnownKey {
  std::string_view name;
  const SectionInfo* section;
};

/// What a file may hold: gathered from the tables once per file.
struct Language {
  std::vector<const SectionInfo*> sections;
  std::vector<KnownKey> keys;
  std::span<const SectionInfo> planned;
  FileKind file = FileKind::Profile;
  /// A table in another language, which is judged elsewhere; empty: none.
  std::string_view foreign = {};
  /// Whether required keys may be missing: what stands here is part of a file.
  bool is_partial = false;
};

std::string header(const SectionInfo& section) {
  switch (section.shape) {
    case SectionShape::Root:
      break;
    case SectionShape::Table:
      return fmt::format("[{}]", section.path);
    case SectionShape::TableArray:
      return fmt::format("[[{}]]", section.path);
    case SectionShape::NamedTables:
      return fmt::format("[{}.NAME]", section.path);
  }
  return "at the top of the file";
}

std::string_view first_segment(std::string_view path) { return path.substr(0, path.find('.')); }
std::string_view second_segment(std::string_view path) {
  std::size_t dot = path.find('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
}

class Decoder {
 public:
  Decoder(const Document& document, std::string_view path, const Language& language,
          Diagnostics& diagnostics)
      : document_(document), path_(path), language_(language), diagnostics_(diagnostics) {}

  /// False when the file is of another schema, so that nothing else in it can be judged.
  bool check_version() {
    const Value* version = document_.root.find("schema_version");
    if (version == nullptr || version->kind != Value::Kind::Integer ||
        version->integer == kSchemaVersion)
      return true;
    diagnostics_.add(version_not_read(path_, language_.file, version->integer, version->span));
    return false;
  }

  /// Keys of the root, and of tables that only hold sections.
  void check_outline() {
    for (const Member& member : document_.root.members) {
      if (is_root_key(member.key) || member.key == language_.foreign) continue;
      std::vector<std::string_view> below;
      bool is_section = false;
      for (const SectionInfo* section : language_.sections) {
        if (section->path == member.key) is_section = true;
        if (first_segment(section->path) == member.key && !second_segment(section->path).empty())
          below.push_back(second_segment(section->path));
      }
      if (is_section) continue;
      if (!below.empty()) {
        check_parent(member, below);
      } else if (const SectionInfo* planned = find_planned(member.key)) {
        not_built(fmt::format("section `[{}]`", planned->path), member.key_span, planned->instead);
      } else {
        unknown_outline(member);
      }
    }
  }

  template <class S>
  void section(const SectionTable<S>& table, S& out) {
    if (table.info.shape == SectionShape::Root) return fields(table, document_.root, out);
    const Member* member = find_section(table.info.path);
    if (member == nullptr) {
      out.span = document_.root.span;
      return absent(table, out);
    }
    if (member->value.kind != Value::Kind::Table)
      return wrong_shape(fmt::format("`{}`", table.info.path), "a table", member->key_span,
                         member->value.kind,
                         fmt::format("write it as a table: `{}`", header(table.info)));
    out.present = true;
    out.span = place_of(*member);
    fields(table, member->value, out);
  }

  template <class S>
  void section(const SectionTable<S>& table, SectionList<S>& out) {
    const Member* member = find_section(table.info.path);
    if (member == nullptr) {
      const Member* parent = find(document_.root, first_segment(table.info.path));
      out.sound = parent == nullptr || parent->value.kind == Value::Kind::Table;
      return;
    }
    if constexpr (requires { S::key; }) {
      return named(table, *member, out);
    } else {
      repeated(table, *member, out);
    }
  }

 private:
  template <class S>
  void repeated(const SectionTable<S>& table, const Member& member, SectionList<S>& out) {
    out.sound = member.value.kind == Value::Kind::Array;
    if (!out.sound)
      return wrong_shape(fmt::format("`{}`", table.info.path), "an array of tables",
                         member.key_span, member.value.kind,
                         fmt::format("double the brackets: `{}`", header(table.info)));
    std::size_t number = 0;
    for (const Value& item : member.value.items) {
      ++number;
      if (item.kind != Value::Kind::Table) {
        out.sound = false;
        wrong_shape(fmt::format("item {} of `{}`", number, table.info.path), "a table", item.span,
                    item.kind, fmt::format("write each one as a table: `{}`", header(table.info)));
        continue;
      }
      S next;
      next.present = true;
      next.span = item.span;
      fields(table, item, next);
      out.push_back(std::move(next));
    }
  }

  template <class S>
  void named(const SectionTable<S>& table, const Member& parent, SectionList<S>& out) {
    out.sound = parent.value.kind == Value::Kind::Table;
    if (!out.sound)
      return wrong_shape(fmt::format("`{}`", table.info.path), "a table", parent.key_span,
                         parent.value.kind, fmt::format("write `{}`", header(table.info)));
    for (const Member& member : parent.value.members) {
      if (member.value.kind != Value::Kind::Table) {
        out.sound = false;
        wrong_shape(fmt::format("`{}.{}`", table.info.path, member.key), "a table", member.key_span,
                    member.value.kind, fmt::format("write `[{}.{}]`", table.info.path, member.key));
        continue;
      }
      S next;
      next.present = true;
      next.key = member.key;
      next.key_span = member.key_span;
      next.span = place_of(member);
      fields(table, member.value, next);
      out.push_back(std::move(next));
    }
  }

  /// All fields of one section that stands in the file.
  template <class S>
  void fields(const SectionTable<S>& table, const Value& value, S& out) {
    for (const Field<S>& field : table.fields) {
      const Member* member = find(value, field.info.name);
      if (member == nullptr) {
        if (field.info.required && !language_.is_partial) missing(table, field.info, out);
        default_of(field, out);
      } else if (const auto* planned = std::get_if<NotYet>(&field.member)) {
        not_built(fmt::format("`{}` in `{}`", field.info.name, header(table.info)),
                  member->key_span, planned->instead);
      } else {
        with_member(field, out, [&](auto& slot) {
          decode_value(field.info, member->value, slot, diagnostics_);
        });
      }
    }
    if (table.info.shape != SectionShape::Root) unknown_keys(table, value);
  }

  /// A section that does not stand in the file: one finding for all it would require.
  template <class S>
  void absent(const SectionTable<S>& table, S& out) {
    if (table.info.required && !language_.is_partial) {
      std::vector<std::string> needed;
      for (const Field<S>& field : table.fields)
        if (field.info.required) needed.push_back(fmt::format("`{}`", field.info.name));
      diagnostics_.add({Code::MissingKey,
                        fmt::format("section `{}` is missing", header(table.info)),
                        "this file has no such section",
                        document_.root.span,
                        {},
                        fmt::format("add `{}` with {}", header(table.info), join(needed, ", "))});
    }
    for (const Field<S>& field : table.fields) default_of(field, out);
  }

  template <class S>
  void default_of(const Field<S>& field, S& out) {
    if (!field.is_built()) return;
    with_member(field, out, [&](auto& slot) {
      slot.span = out.span;
      take_default(field.info, slot);
    });
  }

  template <class S, class Use>
  static void with_member(const Field<S>& field, S& out, Use use) {
    std::visit(
        [&](auto member) {
          if constexpr (!std::is_same_v<decltype(member), NotYet>) use(out.*member);
        },
        field.member);
  }

  template <class S>
  void unknown_keys(const SectionTable<S>& table, const Value& value) {
    for (const Member& member : value.members) {
      auto same = [&](const Field<S>& field) { return field.info.name == member.key; };
      if (std::any_of(table.fields.begin(), table.fields.end(), same)) continue;
      if (is_section_below(table.info.path, member.key)) continue;
      std::vector<std::string_view> names;
      for (const Field<S>& field : table.fields)
        if (field.is_built()) names.push_back(field.info.name);
      unknown(member, fmt::format("in `{}`", header(table.info)), nearest(member.key, names),
              &table.info);
    }
  }

  void unknown_outline(const Member& member) {
    std::vector<std::string_view> names = {"schema_version"};
    if (!language_.foreign.empty()) names.push_back(language_.foreign);
    for (const SectionInfo* section : language_.sections)
      if (section->shape != SectionShape::Root) names.push_back(first_segment(section->path));
    unknown(member, "at the top of the file", nearest(member.key, names), nullptr);
  }

  void check_parent(const Member& parent, const std::vector<std::string_view>& known) {
    std::string children;
    for (std::string_view name : known) children += fmt::format("`[[{}.{}]]`", parent.key, name);
    if (parent.value.kind != Value::Kind::Table) {
      diagnostics_.add({Code::WrongType,
                        fmt::format("`{}` must be a table", parent.key),
                        fmt::format("expected a table, found {}", with_article(parent.value.kind)),
                        parent.key_span,
                        {},
                        fmt::format("write {}", children)});
      return;
    }
    for (const Member& member : parent.value.members) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      unknown(member, fmt::format("in `[{}]`", parent.key), nearest(member.key, known), nullptr);
    }
  }

  void unknown(const Member& member, const std::string& where, std::optional<std::string_view> near,
               const SectionInfo* section) {
    if (is_secret_name(member.key)) {
      diagnostics_.add(
          {Code::LooksSecret,
           fmt::format("unknown key `{}` {} is called like a secret", member.key, where),
           "this has no effect, and profiles are no place for secrets",
           member.key_span,
           {},
           "take it out, and change the secret if this file was shared"});
      return;
    }
    std::string help = "remove it, or look the right name up in the reference";
    if (near) {
      help = fmt::format("did you mean `{}`?", *near);
    } else if (std::string homes = homes_of(member.key, section); !homes.empty()) {
      help = fmt::format("move it: `{}` belongs to {}", member.key, homes);
    }
    diagnostics_.add({Code::UnknownKey,
                      fmt::format("unknown key `{}` {}", member.key, where),
                      "this has no effect",
                      member.key_span,
                      {},
                      help});
  }

  /// The sections other than `section` that have a key: "`[a]`, `[b]` or `[c]`".
  std::string homes_of(std::string_view name, const SectionInfo* section) const {
    std::vector<std::string> homes;
    for (const KnownKey& key : language_.keys)
      if (key.name == name && key.section != section)
        homes.push_back(key.section->shape == SectionShape::Root
                            ? "the top of the file"
                            : fmt::format("`{}`", header(*key.section)));
    if (homes.size() < 2) return join(homes, "");
    std::string last = std::move(homes.back());
    homes.pop_back();
    return fmt::format("{} or {}", join(homes, ", "), last);
  }

  template <class S>
  void missing(const SectionTable<S>& table, const FieldInfo& field, const S& section) {
    bool root = table.info.shape == SectionShape::Root;
    std::string name = header(table.info);
    if constexpr (requires { section.key; })
      name = fmt::format("[{}.{}]", table.info.path, section.key);
    bool version = field.name == "schema_version";
    diagnostics_.add({Code::MissingKey,
                      fmt::format("`{}` is missing in {}", field.name,
                                  root ? std::string("this file") : fmt::format("`{}`", name)),
                      root ? "expected at the top of the file" : "in this section",
                      root ? document_.root.span : section.span,
                      {},
                      fmt::format("add `{}{}`: {}{}", field.name, version ? " = 1" : "", field.doc,
                                  version ? migrate_instead(path_, language_.file) : "")});
  }

  void not_built(const std::string& what, Span span, std::string_view instead) {
    diagnostics_.add({Code::NotBuiltYet,
                      fmt::format("{} is not built yet", what),
                      "comes in a later release",
                      span,
                      {},
                      std::string(instead)});
  }

  void wrong_shape(const std::string& what, std::string_view wanted, Span span, Value::Kind found,
                   std::string help) {
    diagnostics_.add({Code::WrongType,
                      fmt::format("{} must be {}", what, wanted),
                      fmt::format("expected {}, found {}", wanted, with_article(found)),
                      span,
                      {},
                      std::move(help)});
  }

  bool is_section_below(std::string_view path, std::string_view key) const {
    return std::any_of(
        language_.sections.begin(), language_.sections.end(), [&](const SectionInfo* section) {
          return first_segment(section->path) == path && second_segment(section->path) == key;
        });
  }

  bool is_root_key(std::string_view key) const {
    return std::any_of(language_.keys.begin(), language_.keys.end(), [&](const KnownKey& known) {
      return known.section->shape == SectionShape::Root && known.name == key;
    });
  }

  const SectionInfo* find_planned(std::string_view path) const {
    for (const SectionInfo& section : language_.planned)
      if (section.path == path) return &section;
    return nullptr;
  }

  const Member* find_section(std::string_view path) const {
    const Member* member = find(document_.root, first_segment(path));
    std::string_view rest = second_segment(path);
    if (member == nullptr || rest.empty()) return member;
    return member->value.kind == Value::Kind::Table ? find(member->value, rest) : nullptr;
  }

  static const Member* find(const Value& table, std::string_view key) {
    for (const Member& member : table.members)
      if (member.key == key) return &member;
    return nullptr;
  }

  /// The header of a table, or its key where it has no header of its own.
  Span place_of(const Member& member) const {
    return member.value.span.begin <= member.key_span.begin ? member.value.span : member.key_span;
  }

  const Document& document_;
  std::string_view path_;
  const Language& language_;
  Diagnostics& diagnostics_;
};

template <class File, class Visit>
bool decode_file(const Document& document, std::string_view path, Language language, File& file,
                 Visit visit, Diagnostics& diagnostics) {
  visit(file, [&](const auto& table, const auto&) {
    language.sections.push_back(&table.info);
    for (const auto& field : table.fields) language.keys.push_back({field.info.name, &table.info});
  });
  Decoder decoder(document, path, language, diagnostics);
  if (!decoder.check_version()) return false;
  decoder.check_outline();
  visit(file, [&](const auto& table, auto& out) { decoder.section(table, out); });
  return true;
}

}  // namespace

std::optional<Profile> decode_profile(const Document& document, std::string_view path,
                                      Diagnostics& diagnostics) {
  Profile profile;
  auto visit = [](Profile& file, auto&& each) { visit_sections(file, each); };
  Language language;
  language.planned = planned_profile_sections();
  if (!decode_file(document, path, std::move(language), profile, visit, diagnostics))
    return std::nullopt;
  return profile;
}

void check_partial_profile(const Document& document, std::string_view path,
                           Diagnostics& diagnostics) {
  Profile unused;
  auto visit = [](Profile& file, auto&& each) { visit_sections(file, each); };
  Language language;
  language.planned = planned_profile_sections();
  language.is_partial = true;
  decode_file(document, path, std::move(language), unused, visit, diagnostics);
}

std::optional<LabFile> decode_lab_file(const Document& document, std::string_view path,
                                       Diagnostics& diagnostics) {
  LabFile lab_file;
  auto visit = [](LabFile& file, auto&& each) { visit_lab_sections(file, each); };
  Language language;
  language.file = FileKind::LabFile;
  language.planned = planned_lab_sections();
  language.foreign = kDefaults;
  if (!decode_file(document, path, std::move(language), lab_file, visit, diagnostics))
    return std::nullopt;
  decode_defaults(document, path, lab_file.defaults, diagnostics);
  return lab_file;
}

}  // namespace vmplan::model
