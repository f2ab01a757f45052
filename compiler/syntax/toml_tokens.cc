// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_tokens.h"

#include "compiler/base/text.h"

namespace vmplan::syntax {
namespace {

/// Two quotes may stand right before the three that close a block.
constexpr std::size_t kLongestClosing = 5;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_word(char c) { return is_ascii_alnum(c) || c == '_' || c == '-' || c == '+' || c == ':'; }

TokenKind kind_of_mark(char c) {
  switch (c) {
    case '.':
      return TokenKind::Dot;
    case '=':
      return TokenKind::Equals;
    case ',':
      return TokenKind::Comma;
    case '[':
      return TokenKind::OpenBracket;
    case ']':
      return TokenKind::CloseBracket;
    case '{':
      return TokenKind::OpenBrace;
    case '}':
      return TokenKind::CloseBrace;
    default:
      return TokenKind::Word;
  }
}

/// Cuts one token after the other off a text.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::optional<std::vector<Token>> run() {
    std::vector<Token> tokens;
    if (text_.starts_with(kByteOrderMark)) {
      at_ = kByteOrderMark.size();
      tokens.push_back({TokenKind::ByteOrderMark, {0, static_cast<std::uint32_t>(at_)}});
    }
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const std::optional<TokenKind> kind = next();
      if (!kind) return std::nullopt;
      tokens.push_back(
          {*kind, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)}});
    }
    return tokens;
  }

 private:
  std::optional<TokenKind> next() {
    const char c = text_[at_];
    if (is_blank(c)) {
      skip_while(is_blank);
      return TokenKind::Blank;
    }
    if (const std::size_t length = line_end_length(); length > 0) {
      at_ += length;
      return TokenKind::LineEnd;
    }
    if (c == '#') {
      while (at_ < text_.size() && line_end_length() == 0) ++at_;
      return TokenKind::Comment;
    }
    if (c == '"' || c == '\'') return string(c);
    if (is_word(c)) {
      skip_while(is_word);
      return TokenKind::Word;
    }
    const TokenKind mark = kind_of_mark(c);
    if (mark == TokenKind::Word) return std::nullopt;
    ++at_;
    return mark;
  }

  template <class Predicate>
  void skip_while(Predicate belongs) {
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
  }

  std::size_t line_end_length() const {
    std::string_view rest = text_.substr(at_);
    if (rest.starts_with('\n')) return 1;
    return rest.starts_with("\r\n") ? 2 : 0;
  }

  std::optional<TokenKind> string(char quote) {
    const bool basic = quote == '"';
    if (text_.substr(at_).starts_with(basic ? R"(""")" : "'''")) {
      at_ += 3;
      if (!skip_block(quote)) return std::nullopt;
      return basic ? TokenKind::BasicBlock : TokenKind::LiteralBlock;
    }
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return basic ? TokenKind::BasicString : TokenKind::LiteralString;
      }
      if (text_[at_] == '\n') return std::nullopt;
      if (basic && text_[at_] == '\\') ++at_;
    }
    return std::nullopt;
  }

  bool skip_block(char quote) {
    while (at_ < text_.size()) {
      if (text_[at_] == quote) {
        std::size_t run = 0;
        while (run < kLongestClosing && at_ + run < text_.size() && text_[at_ + run] == quote)
          ++run;
        at_ += run;
        if (run >= 3) return true;
      } else {
        at_ += quote == '"' && text_[at_] == '\\' ? 2 : 1;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::uint32_t hex_digit(char c) {
  if (is_ascii_digit(c)) return static_cast<std::uint32_t>(c - '0');
  return static_cast<std::uint32_t>((is_ascii_upper(c) ? c - 'A' : c - 'a') + 10);
}

void append_code_point(std::string& out, std::uint32_t point) {
  auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  auto put_tail = [&](std::uint32_t shift) { put(0x80U | (point >> shift & 0x3FU)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    put_tail(0);
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0U | point >> 18U);
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

/// What one letter after a backslash stands for.
char escaped_char(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    default:
      return letter;  // `"` and `\`
  }
}

}  // namespace

std::optional<std::vector<Token>> toml_tokens(std::string_view text) { return Lexer(text).run(); }

std::string string_content(std::string_view quoted) {
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (quoted.front() == '\'') return std::string(inside);
  std::string out;
  for (std::size_t at = 0; at < inside.size(); ++at) {
    if (inside[at] != '\\') {
      out += inside[at];
      continue;
    }
    const char letter = inside[++at];
    const std::size_t digits = letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits == 0) {
      out += escaped_char(letter);
      continue;
    }
    std::uint32_t point = 0;
    for (std::size_t i = 1; i <= digits; ++i) point = point * 16 + hex_digit(inside[at + i]);
    at += digits;
    append_code_point(out, point);
  }
  return out;
}

}  // namespace vmplan::syntax
