// SPDX-License-Identifier: Apache-2.0
#include "tests/support/toml_text.h"

#include <random>
#include <string_view>
#include <vector>

namespace vmplan::test {
namespace {

constexpr int kDeepest = 4;

/// Writes one document; every key of a table is another one.
class Author {
 public:
  explicit Author(std::uint64_t seed) : random_(seed) { end_ = one_in(3) ? "\r\n" : "\n"; }

  std::string document() {
    if (one_in(4)) out_ += "\xEF\xBB\xBF";
    if (one_in(4)) out_ += "#:schema https://example.org/x.json" + end_;
    body();
    for (std::size_t tables = below(5); tables > 0; --tables) {
      fillers();
      header();
      body();
    }
    fillers();
    if (one_in(3) && !out_.empty() && out_.back() == '\n') out_ += "# no line end";
    return out_;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string pick(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }
  std::string blanks() { return pick({"", "", " ", "  ", "\t", " \t "}); }
  std::string comment() {
    return pick({"# why", "#", "#x = [1, # 2", "# \"quoted ' [a]", "#:tool", "# caf\u00e9  \t",
                 "# " + std::string(110, '-')});
  }
  std::string fresh() { return "k" + std::to_string(next_++); }

  /// Blank and comment lines.
  void fillers() {
    while (one_in(2)) out_ += one_in(2) ? blanks() + end_ : blanks() + comment() + end_;
  }
  void line_end() {
    out_ += blanks();
    if (one_in(3)) out_ += comment();
    out_ += end_;
  }

  std::string part() {
    const std::string name = fresh();
    switch (below(6)) {
      case 0:
        return "\"" + name + "\"";
      case 1:
        return "'" + name + "'";
      case 2:
        return pick({"\"" + name + " x\"", "'" + name + ".y'", "\"" + name + "\\u00e9\\\"\"",
                     "'" + name + "\\'", "\"" + name + "#\""});
      default:
        return name;
    }
  }
  std::string key() {
    std::string out = part();
    while (one_in(5)) out += blanks() + "." + blanks() + part();
    return out;
  }

  void header() {
    // Known ones, so that keys have an order; each stands once, the arrays as often as they like.
    const std::vector<std::string> known = {"vm", "hardware", "serial"};
    std::string name = key();
    bool repeats = one_in(3);
    if (one_in(3) && known_ < known.size()) {
      name = known[known_++];
      repeats = false;
    } else if (one_in(3)) {
      name = pick({"storage.disks", "network . interfaces"});
      repeats = true;
    }
    out_ += blanks() + (repeats ? "[[" : "[") + blanks() + name + blanks() + (repeats ? "]]" : "]");
    line_end();
  }

  void body() {
    std::vector<std::string> known = {"name", "path", "cores", "memory_mb", "format", "mode"};
    for (std::size_t keys = below(6); keys > 0; --keys) {
      if (one_in(2)) fillers();
      std::string name = key();
      if (one_in(2) && !known.empty()) {
        const std::size_t at = below(known.size());
        name = known[at];
        known.erase(known.begin() + static_cast<std::ptrdiff_t>(at));
      }
      out_ += blanks() + name + blanks() + "=" + blanks();
      value(0, true);
      line_end();
    }
  }

  /// `lines`: strings may go on over several.
  void value(int depth, bool lines) {
    switch (depth < kDeepest ? below(8) : 2 + below(6)) {
      case 0:
        return array(depth);
      case 1:
        return inline_table(depth);
      case 2:
        out_ += pick({"0", "+1", "-17", "1_000", "0xDEAD_beef", "0o17", "0b101", "true", "false"});
        return;
      case 3:
        out_ += pick({"1.5", "-0.0", "6.02e23", "1e-7", "inf", "-inf", "nan", "9_0.1_0"});
        return;
      case 4:
        out_ += pick({"1979-05-27", "07:32:00", "07:32:00.5", "1979-05-27T07:32:00Z",
                      "1979-05-27 07:32:00", "1979-05-27 07:32:00.999-07:00"});
        return;
      case 5:
        out_ += lines ? block() : "\"\"";
        return;
      default:
        out_ += pick({"\"\"", "''", "\"plain\"", "'literal'", "'C:\\dir'", "'say \"x\"'",
                      "\"tab\\t\\u00e9\\U0001F600 \\\"x\\\" # no\"", "'tab\there'", "\"caf\u00e9\"",
                      "\"" + std::string(60, 'w') + "\""});
    }
  }

  std::string block() {
    return pick({"\"\"\"" + end_ + "a" + end_ + "  b \\" + end_ + "   c\"\"\"",
                 "'''" + end_ + "x 'y' ''" + end_ + "'''", "\"\"\"\"quoted\"\"\"\"\"",
                 "\"\"\"one line\"\"\"", "''''''", "'''a''''", "\"\"\"# no\\\"\"\"\"\""});
  }

  /// What may stand between the parts of an array.
  void gap() {
    out_ += blanks();
    while (one_in(4)) {
      if (one_in(2)) out_ += comment();
      out_ += end_ + blanks();
    }
  }

  void array(int depth) {
    out_ += "[";
    const std::size_t items = below(5);
    for (std::size_t i = 0; i < items; ++i) {
      gap();
      value(depth + 1, true);
      gap();
      if (i + 1 < items || one_in(2)) out_ += ",";
    }
    gap();
    out_ += "]";
  }

  void inline_table(int depth) {
    out_ += "{" + blanks();
    const std::size_t entries = below(4);
    for (std::size_t i = 0; i < entries; ++i) {
      out_ += blanks() + key() + blanks() + "=" + blanks();
      value(depth + 1, one_in(4));
      out_ += blanks();
      if (i + 1 < entries) out_ += "," + blanks();
    }
    out_ += "}";
  }

  std::mt19937_64 random_;
  std::string end_;
  std::string out_;
  int next_ = 0;
  std::size_t known_ = 0;
};

}  // namespace

std::string random_toml(std::uint64_t seed) { return Author(seed).document(); }

std::string mutated(std::string text, std::uint64_t seed) {
  static constexpr std::string_view kPieces = "\"'#[]{}=.,\n\r\t \\a1-_:+";
  std::mt19937_64 random(seed);
  auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  for (std::size_t changes = 1 + below(3); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min(text.size() - at, 1 + below(6));
    switch (below(4)) {
      case 0:
        text[at] = kPieces[below(kPieces.size())];
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, 1, kPieces[below(kPieces.size())]);
        break;
      default:
        text.insert(below(text.size()), text.substr(at, length));
        break;
    }
  }
  return text;
}

}  // namespace vmplan::test
