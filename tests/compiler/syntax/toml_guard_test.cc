// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_guard.h"

#include <catch2/catch.hpp>

#include "compiler/syntax/read_toml.h"
#include "tests/support/model_lab.h"

using namespace vmplan;

namespace {

/// The only finding about this text, or nullopt when it is safe.
std::optional<Diagnostic> finding(std::string text) {
  SourceMap sources;
  SourceId id = sources.add("web.toml", std::move(text));
  Diagnostics diagnostics;
  bool safe = syntax::is_safe_toml(sources, id, diagnostics);
  CHECK(safe == diagnostics.empty());
  if (safe) return std::nullopt;
  REQUIRE(diagnostics.all().size() == 1);
  return diagnostics.all()[0];
}

std::string repeated(std::string_view piece, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("VP0102: bytes that are not UTF-8 are refused at their place") {
  auto bad = finding("schema_version = 1\nx = \"\xff\"\n");
  REQUIRE(bad);
  CHECK(bad->code == Code::NotUtf8);
  CHECK(bad->span->begin == 24);
  CHECK(bad->detail == "byte 0xff");
}

TEST_CASE("VP0103: a file of more than 4 MiB is refused, one of 4 MiB is not") {
  CHECK_FALSE(finding(std::string(syntax::kMaxTomlBytes, '\n')));
  auto bad = finding(std::string(syntax::kMaxTomlBytes + 1, '\n'));
  REQUIRE(bad);
  CHECK(bad->code == Code::FileTooLarge);
  CHECK(bad->summary == "web.toml holds 4194305 bytes; at most 4194304 are read");
}

TEST_CASE("VP0104: a dotted TOML key of 200 kB is a finding, not a stack overflow") {
  for (std::string text :
       {repeated("a.", 100'000) + "a = 1\n", "[" + repeated("a.", 100'000) + "a]\n",
        "x = { " + repeated("a . ", 50'000) + "a = 1 }\n", repeated("\"a\".", 50'000) + "a = 1\n",
        repeated("'a'.", 50'000) + "a = 1\n"}) {
    auto bad = finding(text);
    REQUIRE(bad);
    CHECK(bad->code == Code::KeyTooManyParts);
  }
}

TEST_CASE("a key of 64 parts is parsed, one of 65 is not") {
  CHECK_FALSE(finding(repeated("a.", 63) + "a = 1\n"));
  CHECK(finding(repeated("a.", 64) + "a = 1\n"));
}

TEST_CASE("dots and brackets in strings and comments do not count") {
  std::string dots = repeated(".a", 200);
  std::string brackets = repeated("[", 200);
  for (std::string text : {dots, brackets}) {
    CHECK_FALSE(finding("x = \"" + text + "\"\n"));
    CHECK_FALSE(finding("x = '" + text + "'\n"));
    CHECK_FALSE(finding("x = \"\\\"" + text + "\"\n"));
    CHECK_FALSE(finding("x = \"\"\"\n\"" + text + "\\\"\"\"\"\n"));
    CHECK_FALSE(finding("x = '''\n'" + text + "''''\n"));
    CHECK_FALSE(finding("# " + text + "\n"));
  }
  CHECK(finding("x = '' " + dots + "\n"));
}

TEST_CASE(
    "VP0105: nesting is counted across lines of arrays, and starts anew with each statement") {
  auto bad = finding("x = " + repeated("[\n", 65));
  REQUIRE(bad);
  CHECK(bad->code == Code::NestedTooDeep);
  CHECK(finding("x = " + repeated("{a=", 65)));
  CHECK(finding("x = " + repeated("[{a=", 33)));
  CHECK_FALSE(finding("x = " + repeated("[", 64) + repeated("]", 64) + "\n"));
  // Headers that are not closed are the parser's business.
  CHECK_FALSE(finding(repeated("[a\n", 200)));
  CHECK_FALSE(finding(repeated("[a]\nx = [1,\n2]\n", 200)));
}

TEST_CASE("what the guard lets through is parsed without trouble, however broken it is") {
  for (std::string text :
       {std::string("["), std::string("[\n"), std::string("\""), std::string("'''"),
        std::string("x = \"\\"), "x = " + repeated("[", 64), "x = " + repeated("{a=", 64),
        repeated("a.", 63) + "a = " + repeated("[", 64),
        "[" + repeated("a.", 63) + "a]\n" + repeated("b.", 63) + "b = " + repeated("{c=", 64) +
            "\n",
        std::string("x = \0\n", 6), std::string("\r"), std::string("x = 1\r\n")}) {
    SourceMap sources;
    SourceId id = sources.add("web.toml", text);
    Diagnostics diagnostics;
    auto document = syntax::read_toml(sources, id, diagnostics);
    CHECK(document.has_value() == !diagnostics.has_errors());
  }
}
