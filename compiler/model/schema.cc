// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/schema.h"

#include <fmt/format.h>

#include <string>

#include "compiler/base/text.h"
#include "compiler/model/field_text.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

/// Matches every NAME of `[section.NAME]`: whether it is a good one is for a rule to say, in words.
constexpr std::string_view kAnyName = "^.*$";

/// What an editor shows beside the field.
std::string description(const FieldInfo& info) {
  std::string out(info.doc);
  if (!info.unit.empty()) out += fmt::format(", in {}", info.unit);
  if (!info.absent.empty()) out += fmt::format("; if absent: {}", info.absent);
  out += fmt::format(". {}", effect_sentence(info.effect));
  for (const Choice& choice : info.choices)
    if (!choice.is_built())
      out += fmt::format(" `{}` is not built yet: {}.", choice.word, choice.instead);
  return out;
}

Json text_schema(const FieldInfo& info) {
  Json out = json_object({{"type", "string"}});
  if (info.choices.empty()) return out;
  JsonArray words;
  for (const Choice& choice : info.choices)
    if (info.takes(choice)) words.emplace_back(choice.word);
  out["enum"] = std::move(words);
  return out;
}

Json secret_schema() {
  return json_object(
      {{"type", "object"},
       {"additionalProperties", false},
       {"properties", json_object({{"secret", json_object({{"type", "string"},
                                                           {"pattern", "^(env|file|command):."}})},
                                   {"version", json_object({{"type", "string"}})}})},
       {"required", JsonArray{"secret"}}});
}

/// A number that is a text of one placeholder.
constexpr const char* kNumberPlaceholder = "^\\{(index(\\+[0-9]+)?(:0[1-9])?|each)\\}$";

Json integer_schema(const FieldInfo& info) {
  using Limits = std::numeric_limits<std::int64_t>;
  Json out = json_object({{"type", "integer"}});
  if (info.min != Limits::min()) out["minimum"] = info.min;
  if (info.max != Limits::max()) out["maximum"] = info.max;
  return out;
}

Json type_schema(const FieldInfo& info, FieldType type) {
  switch (type) {
    case FieldType::Text:
      return text_schema(info);
    case FieldType::Integer:
      return integer_schema(info);
    case FieldType::Flag:
      return json_object({{"type", "boolean"}});
    case FieldType::TextList:
      return json_object({{"type", "array"}, {"items", text_schema(info)}});
    case FieldType::Secret:
      return secret_schema();
    case FieldType::Table:
      return json_object({{"type", "object"}});
    case FieldType::TableArray:
      return json_object({{"type", "array"}, {"items", json_object({{"type", "object"}})}});
  }
  return {};
}

struct DefaultJson {
  std::optional<Json> operator()(std::monostate) const { return std::nullopt; }
  std::optional<Json> operator()(EmptyList) const { return Json(JsonArray{}); }
  template <class T>
  std::optional<Json> operator()(T value) const {
    return Json(value);
  }
};

Json field_schema(const FieldInfo& info, FieldType type) {
  Json out = type_schema(info, type);
  out["description"] = description(info);
  if (std::optional<Json> fallback = std::visit(DefaultJson{}, info.fallback))
    out["default"] = std::move(*fallback);
  return out;
}

/// A schema that takes any table: an unknown key is a warning of vmplan's, no error.
void make_table(Json& schema) {
  schema["type"] = "object";
  schema["additionalProperties"] = true;
}

/// The key must stand in the table; editors also write it into a new one.
void require(Json& table, std::string_view key) {
  auto add = [&](Json& list) {
    if (list.if_array() == nullptr) list = JsonArray{};
    list.if_array()->emplace_back(key);
  };
  add(table["required"]);
  add(table["x-taplo"]["initKeys"]);
}

/// Where the keys of the tables stand that a section's schema describes.
Json& keys_of(Json& section) {
  if (section.find("items") != nullptr) return section["items"];
  if (section.find("patternProperties") != nullptr) return section["patternProperties"][kAnyName];
  return section;
}

/// Takes a text of one placeholder too. Limits are about numbers and the pattern is about texts.
void take_placeholder(Json& integer) {
  integer["type"] = JsonArray{"integer", "string"};
  integer["pattern"] = kNumberPlaceholder;
}

/// Which keys must stand in the file itself.
enum class Needs : std::uint8_t {
  All,       ///< those that are required
  Identity,  ///< what tells one thing from another: the rest may stand in what a profile builds on
  Nothing,
};

/// Adds one section after the other.
struct SchemaBuilder {
  Json& root;
  Needs needs = Needs::All;
  /// Whether numbers may be placeholders, but for what is used up while the file is read.
  bool has_instances = false;

  template <class S, class Section>
  void operator()(const SectionTable<S>& table, const Section&) const {
    Json& keys = place_of(table.info);
    make_table(keys);
    for (const Field<S>& field : table.fields) {
      if (!field.is_built()) continue;
      Json& key = keys["properties"][field.info.name];
      key = field_schema(field.info, field.type());
      if (has_instances && field.type() == FieldType::Integer && !field.info.consumed &&
          table.info.shape != SectionShape::Root)
        take_placeholder(key);
      if (is_needed(table.info, field.info)) require(keys, field.info.name);
    }
  }

 private:
  bool is_needed(const SectionInfo& section, const FieldInfo& field) const {
    bool is_identity = section.shape == SectionShape::Root || field.name == "name";
    return field.required && (needs == Needs::All || (needs == Needs::Identity && is_identity));
  }
  bool is_needed(const SectionInfo& section) const {
    return section.required &&
           (needs == Needs::All || (needs == Needs::Identity && section.path == "vm"));
  }

  /// The schema of a section's tables, made with all on the way to it.
  /// Requires: a section that lies in another one comes after it.
  Json& place_of(const SectionInfo& section) const {
    if (section.shape == SectionShape::Root) return root;
    Json* parent = &root;
    std::vector<std::string_view> path = split(section.path, '.');
    for (std::string_view segment : std::span(path).first(path.size() - 1)) {
      Json& table = (*parent)["properties"][segment];
      if (table.if_object()->empty()) make_table(table);
      parent = &keys_of(table);
    }
    if (is_needed(section)) require(*parent, path.back());
    Json& place = (*parent)["properties"][path.back()];
    place["description"] = section.doc;
    if (section.shape == SectionShape::TableArray) {
      place["type"] = "array";
      return place["items"];
    }
    if (section.shape == SectionShape::NamedTables) {
      make_table(place);
      return place["patternProperties"][kAnyName];
    }
    return place;
  }
};

Json start(std::string_view title, std::string_view about) {
  return json_object({{"$schema", "http://json-schema.org/draft-04/schema#"},
                      {"title", title},
                      {"description", about}});
}

/// `[defaults]`: sections of a profile, none of them whole.
Json defaults_schema() {
  Json root = json_object({{"description", "laid under every profile of the lab"}});
  Profile profile;
  visit_sections(profile, SchemaBuilder{root, Needs::Nothing, true});
  Json& keys = root["properties"];
  for (const char* of_one : {"instances", "schema_version"}) keys.if_object()->erase(of_one);
  for (std::string_view identity : {"extends", "name"})
    keys["vm"]["properties"].if_object()->erase(std::string(identity));
  make_table(root);
  return root;
}

}  // namespace

Json profile_schema() {
  Json root = start("vmplan profile, schema 1",
                    "One virtual machine. `vmplan validate` also checks what concerns several "
                    "fields; docs/profile.md has all of them on one page.");
  Profile profile;
  visit_sections(profile, SchemaBuilder{root, Needs::Identity, true});
  return root;
}

Json lab_file_schema() {
  Json root = start("vmplan.toml, schema 1",
                    "What the machines of a lab have in common. `vmplan validate` also checks what "
                    "concerns several fields; docs/profile.md has all of them on one page.");
  LabFile file;
  visit_lab_sections(file, SchemaBuilder{root});
  root["properties"]["defaults"] = defaults_schema();
  return root;
}

}  // namespace vmplan::model
