// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/diagnostic.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "compiler/base/diagnostic_render.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"

using namespace vmplan;

namespace {

SourceMap two_sources() {
  SourceMap sources;
  sources.add("b.toml", "one\n\ttwo \u20ac three\nlast");
  sources.add("a.toml", "first\n");
  return sources;
}

Diagnostic finding(Code code, std::optional<Span> span, std::string summary = "summary") {
  return {code, std::move(summary), "label", span, {}, "do this"};
}

}  // namespace

TEST_CASE("a code is its own index, and ids are unique and rising") {
  std::string last;
  std::set<std::string_view> titles;
  for (const CodeInfo& code : all_codes()) {
    CHECK(&info(code.code) == &code);
    CHECK(std::string(code.id) > last);
    CHECK(titles.insert(code.title).second);
    CHECK(find_code(code.id) == code.code);
    CHECK(code.explanation.size() > 80);
    CHECK(code.explanation.ends_with('.'));
    last = std::string(code.id);
  }
  CHECK_FALSE(find_code("VP9999"));
}

TEST_CASE("places count lines and code points from 1") {
  SourceMap sources = two_sources();
  SourceId id{0};
  auto at = static_cast<std::uint32_t>(sources.text(id).find("three"));
  Location place = sources.locate({id, at, at + 5});
  CHECK(place.path == "b.toml");
  CHECK(place.line == 2);
  CHECK(place.column == 8);
  CHECK(sources.offset(id, 2, 8) == at);
  CHECK(sources.offset(id, 99, 1) == sources.text(id).size());
}

TEST_CASE("property: places lead back to their bytes, in lines of any length") {
  CHECK(rc::check([] {
    // Code points of one to four bytes, and line ends, rare enough for long lines.
    auto piece = rc::gen::weightedElement<std::string>(
        {{60, "a"}, {10, "\u00e9"}, {10, "\u20ac"}, {10, "\U0001F600"}, {1, "\n"}});
    std::string text = "\n";
    std::vector<std::uint32_t> starts;
    for (const std::string& next :
         *rc::gen::resize(1000, rc::gen::container<std::vector<std::string>>(piece))) {
      starts.push_back(static_cast<std::uint32_t>(text.size()));
      text += next;
    }
    SourceMap sources;
    SourceId id = sources.add("x.toml", text);
    std::uint32_t line = 2;
    std::uint32_t column = 1;
    for (std::uint32_t at : starts) {
      Location place = sources.locate({id, at, at});
      RC_ASSERT(place.line == line);
      RC_ASSERT(place.column == column);
      RC_ASSERT(sources.offset(id, line, column) == at);
      bool ends = text[at] == '\n';
      // Beyond the end of a line is its end.
      if (ends) RC_ASSERT(sources.offset(id, line, column + 7) == at);
      line += ends ? 1 : 0;
      column = ends ? 1 : column + 1;
    }
    RC_ASSERT(sources.offset(id, line, column + 1000) == text.size());
  }));
}

TEST_CASE("findings are ordered by path, place, code and text, and exact repeats are dropped") {
  SourceMap sources = two_sources();
  Diagnostics diagnostics;
  diagnostics.add(finding(Code::BadName, Span{SourceId{0}, 5, 6}));
  diagnostics.add(finding(Code::UnknownKey, Span{SourceId{0}, 2, 3}));
  diagnostics.add(finding(Code::BadName, Span{SourceId{1}, 3, 4}));
  diagnostics.add(finding(Code::BadName, Span{SourceId{0}, 5, 6}));
  diagnostics.add(finding(Code::NoProfiles, std::nullopt));
  CHECK(diagnostics.error_count() == 4);
  diagnostics.sort(sources);
  std::vector<Code> order;
  for (const Diagnostic& each : diagnostics.all()) order.push_back(each.code);
  CHECK(order ==
        std::vector<Code>{Code::NoProfiles, Code::BadName, Code::UnknownKey, Code::BadName});
  CHECK(diagnostics.error_count() == 3);
  CHECK(diagnostics.warning_count() == 1);
}

TEST_CASE("findings that differ in their detail, notes or help are not repeats") {
  SourceMap sources = two_sources();
  const Diagnostic one = finding(Code::BadName, Span{SourceId{0}, 5, 6});
  Diagnostic detail = one;
  detail.detail = "another label";
  Diagnostic help = one;
  help.suggestion = "do that";
  Diagnostic note = one;
  note.notes.push_back({"the first is here", Span{SourceId{1}, 0, 5}});
  Diagnostic other_note = note;
  other_note.notes[0].span->end = 4;
  Diagnostic wider = one;
  wider.span->end = 7;
  const std::vector<Diagnostic> all = {one, detail, help, note, other_note, wider};
  Diagnostics forward;
  Diagnostics backward;
  for (const Diagnostic& each : all) forward.add(each);
  for (auto each = all.rbegin(); each != all.rend(); ++each) backward.add(*each);
  forward.add(note);  // this one is
  forward.sort(sources);
  backward.sort(sources);
  CHECK(forward.all().size() == all.size());
  CHECK(forward.error_count() == all.size());
  CHECK(render(forward, sources) == render(backward, sources));
}

TEST_CASE("the caret stands below its text, after tabs and wide characters") {
  SourceMap sources = two_sources();
  auto at = static_cast<std::uint32_t>(sources.text(SourceId{0}).find("three"));
  Diagnostic one = finding(Code::BadName, Span{SourceId{0}, at, at + 5});
  one.notes.push_back({"and here", Span{SourceId{1}, 0, 5}});
  CHECK(render(one, sources) ==
        "error[VP0401]: summary\n"
        "   --> b.toml:2:8\n"
        "    |\n"
        "  2 |     two \u20ac three\n"
        "    |           ^^^^^ label\n"
        "    = note: and here\n"
        "   --> a.toml:1:1\n"
        "    |\n"
        "  1 | first\n"
        "    | ^^^^^\n"
        "    = help: do this\n");
}

TEST_CASE("a finding cannot steer the terminal, and a long line is cut around the caret") {
  SourceMap sources;
  SourceId id = sources.add(
      "x\x1b[2J.toml", std::string(500, 'a') + "\x1b]0;title\x07" + std::string(500, 'b') + "\n");
  std::string text = render(finding(Code::BadName, Span{id, 500, 501}, "sum\x1bmary"), sources);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
  CHECK(text.size() < 700);
}

TEST_CASE("of many findings the first are shown, and warnings give way to errors") {
  SourceMap sources = two_sources();
  Diagnostics diagnostics;
  for (std::uint32_t at = 0; at < 5; ++at)
    diagnostics.add(finding(Code::UnknownKey, Span{SourceId{1}, at, at + 1}));
  diagnostics.add(finding(Code::BadName, Span{SourceId{1}, 5, 6}));
  diagnostics.sort(sources);
  std::string text = render(diagnostics, sources, Colour::Off, 3);
  CHECK(text.find("a.toml:1:1\n") < text.find("a.toml:1:2\n"));
  CHECK(text.find("a.toml:1:2\n") < text.find("error[VP0401]"));
  CHECK(text.find("a.toml:1:3\n") == std::string::npos);
  CHECK(text.ends_with("\n... and 3 more\n"));
  CHECK(render(diagnostics, sources, Colour::Off, 1).starts_with("error[VP0401]"));
  CHECK(render(diagnostics, sources, Colour::Off, 6).find("more\n") == std::string::npos);
}

TEST_CASE("of one file a thousand errors and a thousand warnings are kept, and all are counted") {
  const auto most = static_cast<std::uint32_t>(Diagnostics::kMostOfOneFile);
  SourceMap sources = two_sources();
  auto many = [](Code code, SourceId file, std::uint32_t count) {
    Diagnostics out;
    for (std::uint32_t at = 0; at < count; ++at)
      out.add(finding(code, Span{file, 0, 1}, std::to_string(at)));
    return out;
  };
  Diagnostics diagnostics = many(Code::UnknownKey, SourceId{0}, most + 5);
  CHECK(diagnostics.all().size() == most);
  // Warnings take no error's place, nor one file another's; what has no place is always kept.
  diagnostics.append(many(Code::BadName, SourceId{0}, 2));
  diagnostics.append(many(Code::UnknownKey, SourceId{1}, 1));
  diagnostics.add(finding(Code::UnknownKey, Span{SourceId{0}, 0, 1}, "one more"));
  diagnostics.add_all(many(Code::UnknownKey, SourceId{0}, 10));
  diagnostics.add(finding(Code::NoProfiles, std::nullopt));
  CHECK(diagnostics.all().size() == most + 4);
  CHECK(diagnostics.error_count() == 3);
  CHECK(diagnostics.warning_count() == most + 17);
  diagnostics.add(finding(Code::NoProfiles, std::nullopt));
  diagnostics.sort(sources);
  CHECK(diagnostics.error_count() == 3);
  CHECK(diagnostics.warning_count() == most + 17);
  CHECK(render(diagnostics, sources).ends_with("\n... and 970 more\n"));
}

TEST_CASE("a finding that quotes megabytes of its file is still a finding of a few lines") {
  SourceMap sources = two_sources();
  Diagnostics diagnostics;
  for (const char* letter : {"x", "\u20ac"}) {
    std::string name;
    for (int i = 0; i < 1'000'000; ++i) name += letter;
    diagnostics.add(finding(Code::BadName, Span{SourceId{1}, 0, 5}, "`" + name + "` is no name"));
    const std::string& text = diagnostics.all().back().summary;
    CHECK(text.size() < 1010);
    CHECK(is_utf8(text));
    CHECK(text.starts_with(std::string("`") + letter));
    CHECK(text.find(" [...] ") != std::string::npos);
    CHECK(text.ends_with(std::string(letter) + "` is no name"));
  }
  diagnostics.add(finding(Code::BadName, Span{SourceId{1}, 0, 5}, std::string(1000, 'x')));
  CHECK(diagnostics.all().back().summary == std::string(1000, 'x'));
}

TEST_CASE("findings as JSON carry code, place and notes") {
  SourceMap sources = two_sources();
  Diagnostics diagnostics;
  diagnostics.add(finding(Code::UnknownKey, Span{SourceId{1}, 0, 5}));
  Json json = to_json(diagnostics, sources);
  const Json& first = json.if_array()->at(0);
  CHECK(first.string_or("code", "") == "VP0301");
  CHECK(first.string_or("severity", "") == "warning");
  CHECK(first.string_or("file", "") == "a.toml");
  CHECK(first.int_or("line", 0) == 1);
  CHECK(first.int_or("end_column", 0) == 6);
}

TEST_CASE("findings as JSON are UTF-8, whatever a file is called") {
  SourceMap sources;
  SourceId id = sources.add("w\xff.toml", "x\n");
  Diagnostics diagnostics;
  Diagnostic bad = finding(Code::BadName, Span{id, 0, 1}, "`w\xff` is no name");
  bad.notes.push_back({"w\xff", Span{id, 0, 1}});
  diagnostics.add(bad);
  std::string text = canonical(to_json(diagnostics, sources));
  CHECK(is_utf8(text));
  CHECK(text.find(R"("file":"w\\xff.toml")") != std::string::npos);
}
