// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/json.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"

using namespace vmplan;

TEST_CASE("canonical JSON sorts keys, escapes little and has no white space") {
  Json value =
      json_object({{"b", 1}, {"a", JsonArray{true, "x\"\\\n\x01\x7f\u00e9"}}, {"B", Json()}});
  CHECK(canonical(value) == "{\"B\":{},\"a\":[true,\"x\\\"\\\\\\n\\u0001\x7f\u00e9\"],\"b\":1}");
}

TEST_CASE("an object takes its values over instead of copying them") {
  JsonArray items(100, Json("a text that is too long to be stored in place"));
  const Json* place = items.data();
  Json object = json_object({{"a", json_object({{"items", std::move(items)}})}});
  CHECK(object.find("a")->find("items")->if_array()->data() == place);
}

TEST_CASE("the strict reader takes exactly the canonical spelling") {
  CHECK(read_canonical_json(R"({"a":1,"b":[false]})"));
  for (const char* other : {R"({"b":1,"a":1})", R"({"a": 1})", R"({"a":1,"a":2})", R"({"a":1.5})",
                            R"({"a":null})", R"({"a":9007199254740992})", R"({"a":"\u0041"})",
                            R"({"a":1}x)", "", "{", "null", "{\"a\":\"\xff\"}"}) {
    INFO(other);
    Result<Json> read = read_canonical_json(other);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Corrupt);
  }
  CHECK(read_canonical_json(R"({"a":9007199254740991})"));
  CHECK(read_canonical_json(R"({"a":-9007199254740991})"));
}

TEST_CASE("the foreign reader leaves nulls out, spells reals and refuses repeated keys") {
  Result<Json> read = read_foreign_json(R"( {"b": null, "a": [1, null, 2.5], "c": {"d": false}} )");
  REQUIRE(read);
  CHECK(canonical(*read) == R"({"a":[1,"2.5"],"c":{"d":false}})");
  CHECK_FALSE(read_foreign_json(R"({"a":1,"a":2})"));
  CHECK_FALSE(read_foreign_json("null"));
}

TEST_CASE("JSON nested deeper than the limit is refused, not followed") {
  std::string deep(10'000, '[');
  deep += std::string(10'000, ']');
  CHECK_FALSE(read_canonical_json(deep));
  CHECK_FALSE(read_foreign_json(deep));
}

namespace {

rc::Gen<std::string> utf8_text() {
  return rc::gen::map(rc::gen::container<std::string>(rc::gen::inRange<char>(0x01, 0x7F)),
                      [](std::string ascii) { return ascii + "\u00fc\u20ac\U0001F600"; });
}

rc::Gen<Json> any_json(int depth) {
  auto scalar = rc::gen::oneOf(
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool flag) { return Json(flag); }),
      rc::gen::map(
          rc::gen::inRange<std::int64_t>(-(std::int64_t{1} << 53) + 1, (std::int64_t{1} << 53)),
          [](std::int64_t number) { return Json(number); }),
      rc::gen::map(utf8_text(), [](std::string text) { return Json(std::move(text)); }));
  if (depth == 0) return scalar;
  return rc::gen::oneOf(
      scalar,
      rc::gen::map(rc::gen::container<std::vector<Json>>(any_json(depth - 1)),
                   [](std::vector<Json> items) { return Json(JsonArray(std::move(items))); }),
      rc::gen::map(
          rc::gen::container<std::map<std::string, Json>>(utf8_text(), any_json(depth - 1)),
          [](const std::map<std::string, Json>& members) {
            return Json(JsonObject(members.begin(), members.end()));
          }));
}

}  // namespace

TEST_CASE("property: canonical JSON reads back as the same value") {
  CHECK(rc::check([] {
    Json value = *any_json(2).as("value");
    // The top level of a document is an object or array.
    Json document = json_object({{"v", value}});
    Result<Json> read = read_canonical_json(canonical(document));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == document);
  }));
}
