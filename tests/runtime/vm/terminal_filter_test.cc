// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/terminal_filter.h"

#include <catch2/catch.hpp>

namespace vmplan::vm {
namespace {

std::string filtered(std::string_view bytes) {
  TerminalFilter filter;
  return filter.feed(bytes);
}

}  // namespace

TEST_CASE("text, line ends and colours pass", "[vm]") {
  CHECK(filtered("plain\r\n\ttext\b") == "plain\r\n\ttext\b");
  CHECK(filtered("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x90\xA7") ==
        "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x90\xA7");
  CHECK(filtered("\x1b[1;31mred\x1b[0m\x1b[m") == "\x1b[1;31mred\x1b[0m\x1b[m");
  CHECK(filtered("\x1b[38:2::1:2:3m") == "\x1b[38:2::1:2:3m");
}

TEST_CASE("nothing that steers a terminal passes", "[vm]") {
  for (const char* hostile : {
           "\x1b]0;title\x07",
           "\x1b]52;c;ZXZpbA==\x1b\\",
           "\x1bP+q544e\x1b\\",
           "\x1b_apc\x1b\\",
           "\x1b^pm\x1b\\",
           "\x1bXsos\x1b\\",
           "\x1b[2J",
           "\x1b[H",
           "\x1b[6n",
           "\x1b[c",
           "\x1b[?1049h",
           "\x1b[>0m",
           "\x1b[?25m",
           "\x1b[4!p",
           "\x1b"
           "c",
           "\x1b(0",
           "\x1b#8",
           "\x07",
           "\x05",
           "\x0e\x0f",
           "\x7f",
           "\xC2\x9B",
           "\xC2\x9D",
           "\x1b%G",
       }) {
    CAPTURE(hostile);
    CHECK(filtered(std::string("a") + hostile + "b") == "ab");
  }
  CHECK(filtered("a\x9b"
                 "31mb") == "a?31mb");
}

TEST_CASE("a sequence split at any byte is filtered the same", "[vm]") {
  const std::string text =
      "a\x1b]52;c;x\x1b\\b\x1b[31mc\xE2\x82\xAC\x1b[2Jd\xC2\x9B"
      "e\x1bP1\x1b\x1b\\f\n";
  const std::string whole = filtered(text);
  CHECK(whole ==
        "ab\x1b[31mc\xE2\x82\xAC"
        "def\n");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    TerminalFilter filter;
    std::string out = filter.feed(text.substr(0, cut));
    out += filter.feed(text.substr(cut));
    CHECK(out == whole);
  }
}

TEST_CASE("a string that never ends does not hide the console", "[vm]") {
  CHECK(filtered("\x1b]0;unfinished\nvisible") == "\nvisible");
  const std::string out = filtered("\x1b]" + std::string(10'000, 'x') + "visible");
  CHECK(out.ends_with("visible"));
  CHECK(filtered("\x1b[" + std::string(500, '1') + "mtext") == "text");
}

TEST_CASE("broken UTF-8 becomes a question mark", "[vm]") {
  CHECK(filtered("a\xFF"
                 "b\xC3"
                 "c\xE2\x82"
                 "d") == "a?b?c?d");
  CHECK(filtered("\xED\xA0\x80x") == "?x");
}

TEST_CASE("a colour that was set is reset at the end", "[vm]") {
  TerminalFilter plain;
  plain.feed("x");
  CHECK(plain.finish().empty());
  TerminalFilter red;
  red.feed("\x1b[31mx");
  CHECK(red.finish() == "\x1b[0m");
}

}  // namespace vmplan::vm
