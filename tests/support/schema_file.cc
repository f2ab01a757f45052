// SPDX-License-Identifier: Apache-2.0
#include "tests/support/schema_file.h"

#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "compiler/base/text.h"
#include "tests/support/golden.h"

namespace vmplan::test {

Json schema_file(std::string_view name) {
  std::string path = in_tree("schemas/" + std::string(name) + ".schema.json");
  INFO(path);
  Result<Json> schema = read_foreign_json(slurp(path));
  REQUIRE(schema);
  return *schema;
}

const Json& at(const Json& document, std::string_view path) {
  const Json* here = &document;
  for (std::string_view name : split(path, '/')) {
    INFO(path << " at " << name);
    here = here->find(name);
    REQUIRE(here != nullptr);
  }
  return *here;
}

std::set<std::string> words(const Json& array) {
  std::set<std::string> out;
  REQUIRE(array.if_array() != nullptr);
  for (const Json& item : *array.if_array()) out.insert(*item.if_string());
  return out;
}

std::set<std::string> keys(const Json& object) {
  std::set<std::string> out;
  REQUIRE(object.if_object() != nullptr);
  for (const auto& [name, member] : *object.if_object()) out.insert(name);
  return out;
}

}  // namespace vmplan::test
