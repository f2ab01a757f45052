// SPDX-License-Identifier: Apache-2.0
// The pieces of a TOML text, none left out: put together they are the text again. It knows no
// grammar beyond the shape of a piece; whether a text is valid is the reader's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmplan::syntax {

/// What an editor may put in front of a text in UTF-8.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A half-open range of bytes of the text at hand.
struct Extent {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(Extent, Extent) = default;
};

enum class TokenKind : std::uint8_t {
  ByteOrderMark,
  Blank,    ///< spaces and tabs
  LineEnd,  ///< LF or CRLF
  Comment,  ///< from `#` to the line end, which is not part of it
  Word,     ///< of a bare key, number, boolean or date; dots are tokens of their own
  BasicString,
  LiteralString,
  BasicBlock,    ///< `"""` to `"""`
  LiteralBlock,  ///< `'''` to `'''`
  Dot,
  Equals,
  Comma,
  OpenBracket,
  CloseBracket,
  OpenBrace,
  CloseBrace,
};

struct Token {
  TokenKind kind = TokenKind::Blank;
  Extent extent;
};

/// nullopt: some byte starts no piece, or a string is not closed; the reader refuses such texts.
/// Requires: fewer than 4 GiB.
std::optional<std::vector<Token>> toml_tokens(std::string_view text);

/// What a string on one line, quotes included, stands for. Requires: the reader accepts it.
std::string string_content(std::string_view quoted);

}  // namespace vmplan::syntax
