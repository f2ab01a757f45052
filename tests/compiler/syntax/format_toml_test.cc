// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/format_toml.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/base/diagnostic_render.h"
#include "compiler/syntax/read_toml.h"
#include "compiler/syntax/same_document.h"
#include "compiler/syntax/toml_tokens.h"
#include "tests/support/toml_text.h"

using namespace vmplan;
using syntax::TableKeys;

namespace {

const std::vector<TableKeys> kKnown = {
    {{}, {"schema_version"}},
    {{"vm"}, {"name", "mode"}},
    {{"hardware"}, {"cores", "memory_mb"}},
    {{"storage", "disks"}, {"name", "path", "format"}},
    {{"images", "*"}, {"path", "format"}},
};

std::optional<std::string> try_format(const std::string& text,
                                      const std::vector<TableKeys>& known) {
  SourceMap sources;
  Diagnostics diagnostics;
  SourceId id = sources.add("web.toml", text);
  std::optional<std::string> out = syntax::format_toml(sources, id, known, diagnostics);
  CHECK(out.has_value() != diagnostics.has_errors());
  return out;
}

/// The formatted text, which must not change any more.
std::string formatted(const std::string& text, const std::vector<TableKeys>& known = kKnown) {
  std::optional<std::string> out = try_format(text, known);
  REQUIRE(out);
  CHECK(try_format(*out, known) == out);
  return *out;
}

std::vector<std::string> comments_of(const std::string& text) {
  std::vector<std::string> out;
  const std::optional<std::vector<syntax::Token>> tokens = syntax::toml_tokens(text);
  REQUIRE(tokens);
  for (const syntax::Token& token : *tokens) {
    if (token.kind != syntax::TokenKind::Comment) continue;
    std::string comment = text.substr(token.extent.begin, token.extent.end - token.extent.begin);
    comment.erase(comment.find_last_not_of(" \t") + 1);
    out.push_back(comment);
  }
  return out;
}

bool same_meaning(const std::string& a, const std::string& b) {
  SourceMap sources;
  Diagnostics diagnostics;
  auto first = syntax::read_toml(sources, sources.add("a", a), diagnostics);
  auto second = syntax::read_toml(sources, sources.add("b", b), diagnostics);
  return first && second && syntax::same_document(sources, *first, sources, *second);
}

/// All that is promised of one text that may or may not be TOML. False: it is none.
bool keeps_promises(const std::string& text) {
  const std::optional<std::string> once = try_format(text, kKnown);
  if (!once) return false;
  RC_ASSERT(try_format(*once, kKnown) == once);
  RC_ASSERT(same_meaning(text, *once));
  RC_ASSERT(once->find('\r') == std::string::npos);
  RC_ASSERT(once->find(" \n") == std::string::npos || text.find("\"\"\"") != std::string::npos ||
            text.find("'''") != std::string::npos);
  RC_ASSERT(once->empty() || once->back() == '\n');
  const std::optional<std::string> unordered = try_format(text, {});
  RC_ASSERT(unordered.has_value());
  const std::vector<std::string> comments = comments_of(text);
  RC_ASSERT(comments_of(*unordered) == comments);
  std::vector<std::string> kept = comments_of(*once);
  std::vector<std::string> wanted = comments;
  std::sort(kept.begin(), kept.end());
  std::sort(wanted.begin(), wanted.end());
  RC_ASSERT(kept == wanted);
  return true;
}

}  // namespace

TEST_CASE("fmt: spacing, quotes, line ends") {
  CHECK(formatted("\xEF\xBB\xBF"
                  "a=1\r\n\tb  =   'x'# why  \r\n\"c\" . 'd e' = \"\\u0041\"") ==
        "a = 1\nb = \"x\"  # why\nc.\"d e\" = \"\\u0041\"\n");
  CHECK(formatted("  [ vm ]#x\n[[ storage . disks ]]\n") == "[vm]  #x\n\n[[storage.disks]]\n");
  CHECK(formatted("a = 'C:\\dir'\nb = 'say \"x\"'\n'c\\d' = 0x1F\n") ==
        "a = 'C:\\dir'\nb = 'say \"x\"'\n'c\\d' = 0x1F\n");
  CHECK(formatted("t = {a=1,'b'=[ 1,2 ]}\nu={ }\nv=[ ]") ==
        "t = { a = 1, b = [1, 2] }\nu = {}\nv = []\n");
  CHECK(formatted("d = 1979-05-27 07:32:00Z   #x\n") == "d = 1979-05-27 07:32:00Z  #x\n");
  for (std::string nothing : {"", "\n\n", "  ", "\xEF\xBB\xBF"}) CHECK(formatted(nothing).empty());
}

TEST_CASE("fmt: strings of several lines keep every byte but CR") {
  CHECK(formatted("a=\"\"\"\r\n x \\\r\n  y\"\"\"  # c\r\nb = '''''x'''''\n") ==
        "a = \"\"\"\n x \\\n  y\"\"\"  # c\nb = '''''x'''''\n");
}

TEST_CASE("fmt: one blank line before a table and its comments, at most one elsewhere") {
  CHECK(formatted("\n\n# file\n\n\n\nschema_version = 1\n# about vm\n# more\n[vm]\n\n\nname = "
                  "\"web\"\n\n\n# gone\n\n[hardware]\n[serial]\n\n\n") ==
        "# file\n\nschema_version = 1\n\n# about vm\n# more\n[vm]\nname = \"web\"\n\n# gone\n\n"
        "[hardware]\n\n[serial]\n");
}

TEST_CASE("fmt: a line for tools at the top does not belong to the first table") {
  CHECK(formatted("#:schema x.json\n# about\n[vm]\n") == "#:schema x.json\n\n# about\n[vm]\n");
}

TEST_CASE("fmt: arrays stand on one line where they fit, else one element a line") {
  const std::string fits =
      "a = [\"" + std::string(46, 'x') + "\", \"" + std::string(42, 'y') + "\"]";
  REQUIRE(fits.size() == 100);
  CHECK(formatted("a = [\n\"" + std::string(46, 'x') + "\",\n\n\"" + std::string(42, 'y') +
                  "\",\n]  # c\n") == fits + "  # c\n");
  CHECK(formatted("a = [\"" + std::string(46, 'x') + "\", \"" + std::string(43, 'y') + "\"]\n") ==
        "a = [\n  \"" + std::string(46, 'x') + "\",\n  \"" + std::string(43, 'y') + "\",\n]\n");
  // Columns are code points.
  std::string wide;
  for (int i = 0; i < 92; ++i) wide += "\u00e9";
  CHECK(formatted("a = [\"" + wide + "\"]\n") == "a = [\"" + wide + "\"]\n");
}

TEST_CASE("fmt: comments in arrays stay with what they are about") {
  CHECK(formatted("a = [ # open\n\n # one\n 1 # is\n , # one again\n\n # two\n\n 2, 3 # three\n "
                  "# end\n\n]\n") ==
        "a = [  # open\n  # one\n  1,  # is\n  # one again\n\n  # two\n\n  2,\n  3,  # three\n  "
        "# end\n]\n");
  CHECK(formatted("a = [ # nothing\n]") == "a = [  # nothing\n]\n");
  CHECK(formatted("a = [[1, # x\n2], [3]]") ==
        "a = [\n  [\n    1,  # x\n    2,\n  ],\n  [3],\n]\n");
  CHECK(formatted("t = {a=[1 # x\n],b=2}") == "t = { a = [\n  1,  # x\n], b = 2 }\n");
}

TEST_CASE("fmt: keys are ordered as the tables say where nothing but keys stands") {
  CHECK(formatted("[vm]\n\nzz = 1  # z\nmode = 2  # m\naa = 3\nname = 4  # n\n# below\n") ==
        "[vm]\nname = 4  # n\nmode = 2  # m\nzz = 1  # z\naa = 3\n# below\n");
  CHECK(formatted("[images.'a b']\nformat=1\npath=2\n") ==
        "[images.\"a b\"]\npath = 2\nformat = 1\n");
  // Of no known table.
  CHECK(formatted("[other]\nmode = 2\nname = 1\n") == "[other]\nmode = 2\nname = 1\n");
}

TEST_CASE("fmt: a comment or a blank line between keys keeps the order of a table") {
  for (std::string between : {"# why\n", "\n"}) {
    const std::string text = "[vm]\nmode = 2\n" + between + "name = 1\n";
    CHECK(formatted(text) == text);
  }
}

TEST_CASE("fmt: tables stay where they are") {
  const std::string text = "[[storage.disks]]\nname = 1\n\n[vm]\nname = 1\n";
  CHECK(formatted(text) == text);
}

TEST_CASE("fmt: what is no TOML is a finding") {
  SourceMap sources;
  Diagnostics diagnostics;
  SourceId id = sources.add("web.toml", "[vm]\nname = web\n");
  CHECK_FALSE(syntax::format_toml(sources, id, kKnown, diagnostics));
  CHECK(render(diagnostics, sources) ==
        "error[VP0101]: web.toml is not valid TOML\n"
        "   --> web.toml:2:8\n"
        "    |\n"
        "  2 | name = web\n"
        "    |        ^ this is no value of TOML\n"
        "    = help: put text in double quotes: `\"web\"`\n");
}

TEST_CASE("VP0103: a text that would grow beyond what is read is left alone") {
  std::string text = "a = [\n";
  for (int i = 0; i < 50; ++i) text += "[";
  for (int i = 0; i < 50'000; ++i) text += "\"0123456789\",\n";
  for (int i = 0; i < 50; ++i) text += "]";
  SourceMap sources;
  Diagnostics diagnostics;
  SourceId id = sources.add("web.toml", text + "]\n");
  CHECK_FALSE(syntax::format_toml(sources, id, kKnown, diagnostics));
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].summary ==
        "web.toml in vmplan's style holds 5805358 bytes; at most 4194304 are read");
}

TEST_CASE("property: fmt keeps meaning and comments and is done after one run") {
  int count = 0;
  CHECK(rc::check([&](std::uint64_t seed) {
    const std::string text = test::random_toml(seed);
    if (keeps_promises(text)) ++count;
  }));
  CHECK(count >= 90);  // else the generator writes no TOML
}

TEST_CASE("property: fmt keeps its promises for damaged texts that are still TOML") {
  int count = 0;
  CHECK(rc::check([&](std::uint64_t seed, std::uint64_t change) {
    if (keeps_promises(test::mutated(test::random_toml(seed), change))) ++count;
  }));
  CHECK(count >= 20);
}
