// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_guard.h"

#include <fmt/format.h>

#include "compiler/base/text.h"

namespace vmplan::syntax {
namespace {

constexpr bool is_bare_key(char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; }

/// Walks over the text once, byte by byte, and stops at the first place that is too deep.
class Scanner {
 public:
  enum class Finding : std::uint8_t { None, KeyParts, Nesting };

  explicit Scanner(std::string_view text) : text_(text) {}

  Finding scan() {
    while (at_ < text_.size()) {
      if (Finding found = step(); found != Finding::None) return found;
    }
    return Finding::None;
  }
  std::size_t begin() const { return begin_; }
  std::size_t end() const { return at_; }

 private:
  Finding step() {
    char c = text_[at_];
    if (c == '"' || c == '\'') {
      skip_string(c);
      return Finding::None;
    }
    if (c == '#') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      return Finding::None;
    }
    ++at_;
    if (c == '.') {
      if (parts_ == 1) begin_ = key_begin_;
      return ++parts_ > kMaxKeyParts ? Finding::KeyParts : Finding::None;
    }
    if (is_bare_key(c) || c == ' ' || c == '\t') return Finding::None;
    parts_ = 1;
    key_begin_ = at_;
    return bracket(c);
  }

  Finding bracket(char c) {
    if (c == '\n' && !in_array_) depth_ = 0;
    if (c == '[' || c == '{') {
      // A `[` after `=` opens an array, which may go on over many lines; a header or inline table
      // may not.
      if (c == '[' && after_equals_) in_array_ = true;
      if (++depth_ > kMaxNesting) {
        begin_ = at_ - 1;
        return Finding::Nesting;
      }
    }
    if ((c == ']' || c == '}') && depth_ > 0 && --depth_ == 0) in_array_ = false;
    if (c == '=') after_equals_ = true;
    if (c == '\n' && depth_ == 0) after_equals_ = false;
    return Finding::None;
  }

  void skip_string(char quote) {
    std::string_view triple = quote == '"' ? R"(""")" : "'''";
    bool many_lines = text_.substr(at_).starts_with(triple);
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      if (quote == '"' && text_[at_] == '\\') {
        at_ += 2;
      } else if (many_lines && text_.substr(at_).starts_with(triple)) {
        at_ += 3;
        while (at_ < text_.size() && text_[at_] == quote) ++at_;  // `""""` ends with a quote inside
        return;
      } else if (!many_lines && (text_[at_] == quote || text_[at_] == '\n')) {
        if (text_[at_] == quote) ++at_;
        return;
      } else {
        ++at_;
      }
    }
    at_ = text_.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t key_begin_ = 0;
  std::size_t begin_ = 0;
  std::size_t parts_ = 1;
  std::size_t depth_ = 0;
  bool after_equals_ = false;
  bool in_array_ = false;
};

void refuse_key(Diagnostics& diagnostics, Span span) {
  diagnostics.add({Code::KeyTooManyParts,
                   fmt::format("key of more than {} parts", kMaxKeyParts),
                   "too many dots",
                   span,
                   {},
                   "write a key of a few parts, such as `hardware.cores`"});
}

void refuse_nesting(Diagnostics& diagnostics, Span span) {
  diagnostics.add({Code::NestedTooDeep,
                   fmt::format("values nested more than {} deep", kMaxNesting),
                   "this bracket is one too many",
                   span,
                   {},
                   "close brackets that were left open; no field of vmplan needs more than two"});
}

}  // namespace

Diagnostic file_too_large(std::string_view name, std::size_t bytes) {
  return {Code::FileTooLarge,
          fmt::format("{} holds {} bytes; at most {} are read", name, bytes, kMaxTomlBytes),
          "",
          std::nullopt,
          {},
          "check that the right file is named: a profile is a page of text"};
}

bool is_safe_toml(const SourceMap& sources, SourceId id, Diagnostics& diagnostics) {
  std::string_view text = sources.text(id);
  if (text.size() > kMaxTomlBytes) {
    diagnostics.add(file_too_large(sources.path(id), text.size()));
    return false;
  }
  auto span = [&](std::size_t begin, std::size_t end) {
    return Span{id, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  };
  if (auto bad = first_invalid_utf8(text)) {
    diagnostics.add({Code::NotUtf8,
                     fmt::format("{} is not UTF-8", sources.path(id)),
                     fmt::format("byte 0x{:02x}", static_cast<unsigned char>(text[*bad])),
                     span(*bad, *bad + 1),
                     {},
                     "save the file in UTF-8"});
    return false;
  }
  Scanner scanner(text);
  switch (scanner.scan()) {
    case Scanner::Finding::None:
      return true;
    case Scanner::Finding::KeyParts:
      refuse_key(diagnostics, span(scanner.begin(), scanner.end()));
      return false;
    case Scanner::Finding::Nesting:
      refuse_nesting(diagnostics, span(scanner.begin(), scanner.end()));
      return false;
  }
  return false;
}

}  // namespace vmplan::syntax
