// SPDX-License-Identifier: Apache-2.0
// Page and schemas hold what the field tables hold, no more and no less: compared as bytes with
// what is generated, and once more by reading the files back without the generator.
#include "compiler/model/reference.h"

#include <catch2/catch.hpp>
#include <set>

#include "compiler/base/json_pretty.h"
#include "compiler/base/json_read.h"
#include "compiler/base/text.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/profile_fields.h"
#include "compiler/model/schema.h"
#include "tests/support/golden.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

/// "vm.name", "storage.disks.path", "schema_version".
using Keys = std::set<std::string>;

std::string dotted(std::string_view section, std::string_view key) {
  return section.empty() ? std::string(key) : std::string(section).append(".").append(key);
}

/// Adds the built keys of every section.
struct KeysOfTables {
  Keys& out;
  template <class S, class Section>
  void operator()(const model::SectionTable<S>& table, const Section&) const {
    for (const model::Field<S>& field : table.fields)
      if (field.is_built()) out.insert(dotted(table.info.path, field.info.name));
  }
};

Keys profile_keys() {
  Keys keys;
  model::Profile profile;
  model::visit_sections(profile, KeysOfTables{keys});
  return keys;
}

Keys lab_keys() {
  Keys keys;
  model::LabFile file;
  model::visit_lab_sections(file, KeysOfTables{keys});
  return keys;
}

/// A value that is written as an inline table, such as a reference to a secret.
bool is_value(const Json& schema) { return !schema.bool_or("additionalProperties", true); }

/// Adds every property that holds no table.
void add_schema_keys(const Json& schema, const std::string& path, Keys& out) {
  const Json* table = &schema;
  if (const Json* items = schema.find("items")) table = items;
  if (const Json* named = schema.find("patternProperties"))
    table = &named->if_object()->begin()->second;
  const Json* properties = table->find("properties");
  if (properties == nullptr || is_value(*table)) {
    out.insert(path);
    return;
  }
  for (const auto& [name, property] : *properties->if_object())
    add_schema_keys(property, dotted(path, name), out);
}

Keys schema_keys(const std::string& path) {
  Result<Json> schema = read_foreign_json(slurp(in_tree(path)));
  REQUIRE(schema);
  Keys keys;
  add_schema_keys(*schema, "", keys);
  return keys;
}

/// "storage.disks" of "### `[[storage.disks]]`"; "" where there are no brackets.
std::string section_of(std::string_view heading) {
  std::size_t begin = heading.find_first_not_of("#` [");
  if (heading.find('[') == std::string_view::npos) return "";
  std::string_view path = heading.substr(begin, heading.find(']') - begin);
  if (path.ends_with(".NAME")) path.remove_suffix(5);
  return std::string(path);
}

/// Keys of the tables of one part of the page ("## A profile").
Keys page_keys(std::string_view part) {
  std::string page = slurp(in_tree("docs/profile.md"));
  Keys keys;
  std::string section;
  bool inside = false;
  for (std::string_view line : split(page, '\n')) {
    if (line.starts_with("## ")) inside = line == part;
    if (line.starts_with("### ")) section = section_of(line);
    if (inside && line.starts_with("| `"))
      keys.insert(dotted(section, line.substr(3, line.find('`', 3) - 3)));
  }
  return keys;
}

}  // namespace

TEST_CASE("docs/profile.md is what the field tables say") {
  check_golden(in_tree("docs/profile.md"), model::profile_reference());
}

TEST_CASE("schemas of profile and lab are what the field tables say") {
  check_golden(in_tree("schemas/profile.schema.json"), pretty(model::profile_schema()));
  check_golden(in_tree("schemas/lab.schema.json"), pretty(model::lab_file_schema()));
}

TEST_CASE("every built key stands in page and schema, and nothing else does") {
  CHECK(profile_keys().size() > 30);
  CHECK(schema_keys("schemas/profile.schema.json") == profile_keys());
  CHECK(page_keys("## A profile") == profile_keys());
  std::set<std::string> in_lab = lab_keys();
  for (const std::string& key : profile_keys())
    if (key != "schema_version" && key != "vm.name" && key != "vm.extends" &&
        !key.starts_with("instances."))
      in_lab.insert("defaults." + key);
  CHECK(schema_keys("schemas/lab.schema.json") == in_lab);
  CHECK(page_keys("## vmplan.toml") == lab_keys());
}
