// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_tree.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/syntax/read_toml.h"
#include "compiler/syntax/text_edit.h"
#include "compiler/syntax/tree_keys.h"
#include "tests/support/toml_text.h"

using namespace vmplan;
using syntax::TokenKind;
using syntax::TreeLine;

namespace {

bool is_toml(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  return syntax::read_toml(sources, sources.add("x", text), diagnostics).has_value();
}

/// Paths of all mentions, with element numbers.
std::string mentions(const std::string& text) {
  const auto tree = syntax::toml_tree(text);
  REQUIRE(tree);
  std::string out;
  syntax::visit_keys(*tree, [&](const syntax::KeyMention& mention) {
    for (const syntax::Step& step : mention.path)
      out += step.index == syntax::Step::kMember ? "/" + step.name
                                                 : "[" + std::to_string(step.index) + "]";
    out += std::string(mention.value == nullptr ? "" : "=") + (mention.alone ? "!" : "") + " ";
  });
  return out;
}

}  // namespace

TEST_CASE("tokens: strings end where TOML says") {
  for (std::string text : {R"("a\"b")", R"('a\')", R"("""a"b""c\""""")", R"(''''a''')",
                           R"("""""x""""")", "'''\n'\n'''", R"("")", R"("""""")"}) {
    CAPTURE(text);
    const auto tokens = syntax::toml_tokens(text);
    REQUIRE(tokens);
    CHECK(tokens->size() == 1);
    CHECK(is_toml("a = " + text));
  }
  for (std::string text : {"\"", "'", "\"a\n\"", "\"\"\"a\"\"", "'''", "\"\\", "\"\"\"\\", "\x01"})
    CHECK_FALSE(syntax::toml_tokens(text));
}

TEST_CASE("the content of a string is what the reader says it is") {
  for (std::string text :
       {R"("a\b\t\n\f\r\"\\")", R"('\u0041 "')", R"("\u00e9\u20AC\U0001F600A")", R"("")"}) {
    SourceMap sources;
    Diagnostics diagnostics;
    auto document = syntax::read_toml(sources, sources.add("x", "a = " + text), diagnostics);
    REQUIRE(document);
    CHECK(syntax::string_content(text) == document->root.find("a")->text);
  }
}

TEST_CASE("a tree is no tree where the grammar is broken") {
  for (std::string text : {"[a", "[a]]", "a = ", "a = ['1' 2]", "a = [,]", "a = {b = 1 c = 2}",
                           "a = '1' 2", "= 1", "a. = 1", "a = 1, b = 2", "[[a]", "a = [1", "}"}) {
    CAPTURE(text);
    CHECK_FALSE(syntax::toml_tree(text));
  }
}

TEST_CASE("keys are found with the place they mean") {
  CHECK(mentions("a.b = 1\n[c]\nd = { e = [{ f = 1 }, 2, { 'f' = 3 }] }\n") ==
        "/a /a/b= /c /c/d=! /c/d/e= /c/d/e[0]/f= /c/d/e[2]/f= ");
  CHECK(mentions("[[a.b]]\nx = 1\n[a.b.c]\ny = 1\n[[a.b]]\n[[a.b.d]]\nz = 1\n") ==
        "/a /a/b /a/b[0]/x=! /a /a/b /a/b[0]/c /a/b[0]/c/y=! /a /a/b /a /a/b /a/b[1]/d "
        "/a/b[1]/d[0]/z=! ");
}

TEST_CASE("patterns of paths") {
  using syntax::path_matches;
  const syntax::TreePath path = {{"storage"}, {"disks"}, {"", 3}, {"file"}};
  CHECK(path_matches("storage.disks[].file", path));
  CHECK_FALSE(path_matches("storage.disks.file", path));
  CHECK_FALSE(path_matches("storage.disks[]", path));
  CHECK_FALSE(path_matches("storage.disks[].file.x", path));
  CHECK_FALSE(path_matches("storage.disks[].path", path));
  CHECK(syntax::path_text(path) == "storage.disks.file");
}

TEST_CASE("edits are made at their places, insertions before what stands there") {
  CHECK(syntax::apply_edits("abc", {{{1, 2}, "X"}, {{1, 1}, "1"}, {{3, 3}, "!"}, {{1, 1}, "2"}}) ==
        "a12Xc!");
  CHECK_THROWS(syntax::apply_edits("abc", {{{0, 2}, ""}, {{1, 3}, ""}}));
  CHECK_THROWS(syntax::apply_edits("abc", {{{2, 4}, ""}}));
}

TEST_CASE(
    "property: tokens and lines hold every byte of a text, and the reader's TOML has a tree") {
  CHECK(rc::check([](std::uint64_t seed, std::uint64_t change, bool damage) {
    std::string text = test::random_toml(seed);
    if (damage) text = test::mutated(text, change);
    if (!is_toml(text)) return;
    const auto tokens = syntax::toml_tokens(text);
    const auto tree = syntax::toml_tree(text);
    RC_ASSERT(tokens && tree);
    std::size_t at = 0;
    for (const syntax::Token& token : *tokens) {
      RC_ASSERT(token.extent.begin == at && token.extent.end > at);
      at = token.extent.end;
    }
    RC_ASSERT(at == text.size());
    at = !tokens->empty() && tokens->front().kind == TokenKind::ByteOrderMark ? 3 : 0;
    for (const TreeLine& line : tree->lines) {
      RC_ASSERT(line.extent.begin == at && line.extent.end > at);
      at = line.extent.end;
    }
    RC_ASSERT(at == text.size());
  }));
}
