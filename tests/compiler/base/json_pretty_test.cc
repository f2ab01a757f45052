// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/json_pretty.h"

#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"

using namespace vmplan;

TEST_CASE("pretty JSON: what is short stays on one line") {
  CHECK(pretty(Json()) == "{}\n");
  CHECK(pretty(Json(JsonArray{})) == "[]\n");
  CHECK(pretty(Json("a\n\"b\"")) == "\"a\\n\\\"b\\\"\"\n");
  CHECK(pretty(json_object({{"b", JsonArray{1, "x"}}, {"a", true}})) ==
        "{\"a\": true, \"b\": [1, \"x\"]}\n");
}

TEST_CASE("pretty JSON: what is long is broken from the outside") {
  std::string text(60, 'x');
  Json value = json_object({{"one", json_object({{"text", text}})},
                            {"two", JsonArray{text, text, JsonArray{}}},
                            {"three", 3}});
  CHECK(pretty(value) == "{\n  \"one\": {\"text\": \"" + text +
                             "\"},\n  \"three\": 3,\n  \"two\": [\n    \"" + text + "\",\n    \"" +
                             text + "\",\n    []\n  ]\n}\n");
}

TEST_CASE("pretty JSON: 100 columns are the limit, a comma included") {
  auto line = [](std::size_t length) {
    return json_object({{"a", json_object({{"b", std::string(length, 'x')}})}, {"c", 1}});
  };
  // `  "a": {"b": "..."},` has 17 columns around the text.
  CHECK(pretty(line(83)).find("\n    \"b\"") == std::string::npos);
  CHECK(pretty(line(84)).find("\n    \"b\"") != std::string::npos);
}

TEST_CASE("pretty JSON: reading it gives the value back") {
  std::string long_text(120, 'y');
  Json value = json_object({{"list", JsonArray{json_object({{"deep", long_text}}), Json(), -1}},
                            {"tabs\t", JsonArray{false, JsonArray{JsonArray{long_text}}}}});
  Result<Json> read = read_foreign_json(pretty(value));
  REQUIRE(read);
  CHECK(*read == value);
}
