// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/line_diff.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <vector>

#include "compiler/base/text.h"

using namespace vmplan;

namespace {

std::string text_of(const std::vector<std::uint8_t>& letters) {
  std::string out;
  for (std::uint8_t letter : letters)
    out += std::string(1, static_cast<char>('a' + letter % 4)) + "\n";
  return out;
}

/// Applies a diff as patch(1) would: the lines of its hunks, and what lies between them.
std::string patched(const std::string& before, const std::string& diff) {
  if (diff.empty()) return before;
  std::vector<std::string_view> old = split(before, '\n');
  std::string out;
  std::size_t at = 0;
  for (std::string_view line : split(diff, '\n')) {
    if (line.starts_with("---") || line.starts_with("+++") || line.empty()) continue;
    if (line.starts_with("@@")) {
      const std::size_t comma = line.find_first_of(", ", 4);
      std::size_t first = std::stoul(std::string(line.substr(4, comma - 4)));
      const bool empty = line.substr(comma).starts_with(",0 ");
      if (!empty) --first;
      REQUIRE(at <= first);
      while (at < first) out += std::string(old[at++]) + "\n";
      continue;
    }
    if (line[0] != '+') {
      REQUIRE(old[at++] == line.substr(1));
      if (line[0] == '-') continue;
    }
    out += std::string(line.substr(1)) + "\n";
  }
  for (; at + 1 < old.size(); ++at) out += std::string(old[at]) + "\n";
  return out;
}

}  // namespace

TEST_CASE("unified diff: headings, context, hunks that touch are one") {
  CHECK(unified_diff("x", "a\n", "a\n").empty());
  CHECK(unified_diff("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
        "--- x\n+++ x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  CHECK(unified_diff("x", "1\n2\n3\n4\n5\n6\n7\n8\n", "one\n2\n3\n4\n5\n6\n7\neight\n") ==
        "--- x\n+++ x\n@@ -1,8 +1,8 @@\n-1\n+one\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+eight\n");
  CHECK(unified_diff("x", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "one\n2\n3\n4\n5\n6\n7\n8\nnine\n") ==
        "--- x\n+++ x\n@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n "
        "8\n-9\n+nine\n");
}

TEST_CASE("unified diff: empty texts and a missing last line end") {
  CHECK(unified_diff("x", "", "a\n") == "--- x\n+++ x\n@@ -0,0 +1 @@\n+a\n");
  CHECK(unified_diff("x", "a\n", "") == "--- x\n+++ x\n@@ -1 +0,0 @@\n-a\n");
  CHECK(unified_diff("x", "a", "a\n") ==
        "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST_CASE("unified diff: thousands of differences are shown as one, in bounded time") {
  std::string before;
  std::string after;
  for (int i = 0; i < 20'000; ++i) {
    before += std::to_string(i) + "\n";
    after += std::to_string(-i - 1) + "\n";
  }
  CHECK(patched(before, unified_diff("x", before, after)) == after);
}

TEST_CASE("property: a unified diff leads from one text to the other") {
  CHECK(rc::check([](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    const std::string before = text_of(a);
    const std::string after = text_of(b);
    RC_ASSERT(patched(before, unified_diff("x", before, after)) == after);
  }));
}
