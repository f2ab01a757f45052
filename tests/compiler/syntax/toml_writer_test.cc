// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_writer.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <limits>

#include "compiler/base/text.h"
#include "compiler/syntax/read_toml.h"

using namespace vmplan;

namespace {

std::string string_of(std::string_view text) {
  std::string out;
  syntax::append_string(out, text);
  return out;
}

std::string key_of(std::string_view key) {
  std::string out;
  syntax::append_key(out, key);
  return out;
}

/// UTF-8 of arbitrary code points; small numbers stay ASCII, so that controls and quotes are
/// frequent.
std::string utf8_of(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  for (std::uint32_t number : numbers) {
    std::uint32_t point = number % 3 == 0 ? number % 0xD800 : number % 0x80;
    if (point < 0x80) {
      put(point);
    } else if (point < 0x800) {
      put(0xC0U | point >> 6U);
      put(0x80U | (point & 0x3FU));
    } else {
      put(0xE0U | point >> 12U);
      put(0x80U | (point >> 6U & 0x3FU));
      put(0x80U | (point & 0x3FU));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("strings escape quotes, backslashes, controls and DEL only") {
  CHECK(string_of("plain \u00e9 ' / $") == "\"plain \u00e9 ' / $\"");
  CHECK(string_of("\"\\\b\t\n\f\r") == R"("\"\\\b\t\n\f\r")");
  CHECK(string_of(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001F\u007F")");
  CHECK(string_of("\u0085") == "\"\u0085\"");
}

TEST_CASE("keys are bare where TOML allows it") {
  CHECK(key_of("memory_mb") == "memory_mb");
  CHECK(key_of("1-a") == "1-a");
  CHECK(key_of("") == "\"\"");
  CHECK(key_of("a.b") == "\"a.b\"");
  CHECK(key_of("\u00e9") == "\"\u00e9\"");
}

TEST_CASE("numbers, booleans and lists have one spelling") {
  std::string out;
  syntax::append_integer(out, std::numeric_limits<std::int64_t>::min());
  out += ' ';
  syntax::append_boolean(out, true);
  out += ' ';
  std::vector<std::string_view> items = {"a", "b\"c"};
  syntax::append_strings(out, items);
  out += ' ';
  syntax::append_strings(out, {});
  CHECK(out == R"(-9223372036854775808 true ["a", "b\"c"] [])");
}

TEST_CASE("property: the reader gives back every string and key that was written") {
  CHECK(rc::check([](const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
    std::string text = utf8_of(a);
    std::string key = utf8_of(b);
    RC_ASSERT(is_utf8(text) && is_utf8(key));
    SourceMap sources;
    SourceId id = sources.add("x.toml", key_of(key) + " = " + string_of(text) + "\n");
    Diagnostics diagnostics;
    auto document = syntax::read_toml(sources, id, diagnostics);
    RC_ASSERT(document.has_value());
    RC_ASSERT(document->root.find(key) != nullptr);
    RC_ASSERT(document->root.find(key)->text == text);
  }));
}
