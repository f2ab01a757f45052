// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/yaml_json.h"

#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"

using namespace vmplan;

TEST_CASE("JSON for YAML is canonical JSON where both read the same") {
  const Json document = json_object({{"a", "x\n\"y\""}, {"b", JsonArray{1, true, "ü€😀"}}});
  CHECK(yaml_json(document) == canonical(document));
}

TEST_CASE("JSON for YAML escapes what YAML would refuse or fold, and nothing is lost") {
  const Json document =
      json_object({{"t", "\x7f \u0085 \u009f \u00a0 \u2028\u2029 \ufeff \uffff"}});
  CHECK(yaml_json(document) ==
        "{\"t\":\"\\u007f \\u0085 \\u009f \u00a0 \\u2028\\u2029 \\ufeff \\uffff\"}");
  CHECK(*read_foreign_json(yaml_json(document)) == document);
}
