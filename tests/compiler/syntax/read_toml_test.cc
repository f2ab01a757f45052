// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/read_toml.h"

#include <catch2/catch.hpp>
#include <ctime>

using namespace vmplan;
using syntax::Value;

namespace {

/// A document that must parse, and the text its spans point into.
struct Parsed {
  SourceMap sources;
  syntax::Document document;

  explicit Parsed(std::string text) {
    SourceId id = sources.add("web.toml", std::move(text));
    Diagnostics diagnostics;
    auto read = syntax::read_toml(sources, id, diagnostics);
    REQUIRE(read);
    document = std::move(*read);
  }
  std::string at(Span span) const {
    return std::string(sources.text(span.source).substr(span.begin, span.end - span.begin));
  }
  std::string value(std::string_view key) const {
    const Value* found = document.root.find(key);
    REQUIRE(found);
    return at(found->span);
  }
};

}  // namespace

TEST_CASE("spans of values cover the whole value, spans of keys the key") {
  Parsed parsed(
      "text = \"a\u00e9\u20ac\" # \u20ac\n"
      "number = 1_000\n"
      "hex=0x1F\n"
      "flag = true\n"
      "when = 1979-05-27T07:32:00Z\n"
      "real = 1.5\n"
      "list = [ \"a\", 'b' ] # end\n"
      "inline = { x = 1 }\n"
      "long = '''\nx\ny'''\n");
  CHECK(parsed.value("text") == "\"a\u00e9\u20ac\"");
  CHECK(parsed.value("number") == "1_000");
  CHECK(parsed.value("hex") == "0x1F");
  CHECK(parsed.value("flag") == "true");
  CHECK(parsed.value("when") == "1979-05-27T07:32:00Z");
  CHECK(parsed.value("real") == "1.5");
  CHECK(parsed.value("list") == "[ \"a\", 'b' ]");
  CHECK(parsed.value("inline") == "{ x = 1 }");
  CHECK(parsed.value("long") == "'''\nx\ny'''");
  CHECK(parsed.at(parsed.document.root.find("list")->items[1].span) == "'b'");
  for (const syntax::Member& member : parsed.document.root.members)
    CHECK(parsed.at(member.key_span) == member.key);
}

TEST_CASE("values carry their type and content") {
  Parsed parsed("a = \"x\"\nb = 31\nc = false\nd = 1.0\ne = 07:32:00\nf = []\n[g]\n");
  const Value& root = parsed.document.root;
  CHECK(root.find("a")->text == "x");
  CHECK(root.find("b")->integer == 31);
  CHECK(root.find("c")->kind == Value::Kind::Boolean);
  CHECK(root.find("d")->kind == Value::Kind::Float);
  CHECK(root.find("e")->kind == Value::Kind::DateTime);
  CHECK(root.find("f")->kind == Value::Kind::Array);
  CHECK(root.find("g")->kind == Value::Kind::Table);
  CHECK(root.find("h") == nullptr);
}

TEST_CASE("members stand in the order of the file") {
  Parsed parsed("z = 1\na = 2\n[m]\nb = 1\n[c]\n");
  std::string order;
  for (const syntax::Member& member : parsed.document.root.members) order += member.key;
  CHECK(order == "zamc");
}

TEST_CASE("headers and dotted keys have places of their own") {
  Parsed parsed("[[storage.disks]]\nname = \"a\"\n[[storage.disks]]\nname = \"b\"\n");
  const syntax::Member& storage = parsed.document.root.members[0];
  CHECK(parsed.at(storage.key_span) == "storage");
  const syntax::Member& disks = storage.value.members[0];
  CHECK(parsed.at(disks.key_span) == "disks");
  REQUIRE(disks.value.items.size() == 2);
  CHECK(parsed.at(disks.value.items[1].span) == "[[storage.disks]]");
  CHECK(disks.value.items[1].span.begin > disks.value.items[0].span.begin);
  Parsed dotted("hardware.cores = 2\n");
  CHECK(dotted.at(dotted.document.root.members[0].value.members[0].key_span) == "cores");
}

TEST_CASE("a byte order mark and CRLF line ends are accepted, and places stay right") {
  Parsed parsed(
      "\xEF\xBB\xBF"
      "first = \"\u00e9\"\r\nsecond = 2\r\n");
  CHECK(parsed.value("first") == "\"\u00e9\"");
  CHECK(parsed.value("second") == "2");
  CHECK(parsed.at(parsed.document.root.members[0].key_span) == "first");
}

TEST_CASE("a line separator of Unicode does not count as a line end") {
  Parsed parsed("a = \"\u2028\u0085\" # \u2028\nb = 2\n");
  CHECK(parsed.value("b") == "2");
}

TEST_CASE("the first syntax error is reported with its place, also after a byte order mark") {
  for (std::string mark : {"", "\xEF\xBB\xBF"}) {
    SourceMap sources;
    SourceId id = sources.add("web.toml", mark + "a = \u20acx\nb =\n");
    Diagnostics diagnostics;
    CHECK_FALSE(syntax::read_toml(sources, id, diagnostics));
    REQUIRE(diagnostics.all().size() == 1);
    const Diagnostic& error = diagnostics.all()[0];
    CHECK(error.code == Code::TomlSyntax);
    CHECK(error.span->begin == mark.size() + 4);
    CHECK(error.span->end == mark.size() + 7);
  }
}

TEST_CASE("a long line is read in time that grows with its length, not with its square") {
  std::string text = "a = [1";
  for (int i = 0; i < 40'000; ++i) text += ",1";
  const std::clock_t before = std::clock();
  Parsed parsed(text + "]\n");
  CHECK(parsed.document.root.find("a")->items.size() == 40'001);
  CHECK(parsed.at(parsed.document.root.find("a")->items.back().span) == "1");
  // Seconds of the processor; walking every line from its start took 30.
  CHECK((std::clock() - before) / CLOCKS_PER_SEC < 5);
}
