// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_tree.h"

namespace vmplan::syntax {
namespace {

/// Walks over the tokens once. A function that returns false or nullopt has met something that the
/// grammar does not allow there.
class Builder {
 public:
  Builder(std::string_view text, const std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  std::optional<TomlTree> run() {
    TomlTree tree;
    skip(TokenKind::ByteOrderMark);
    while (at_ < tokens_.size()) {
      TreeLine line;
      line.extent.begin = position();
      if (!fill(line)) return std::nullopt;
      line.extent.end = position();
      if (line.kind == TreeLine::Kind::Blank && !tree.lines.empty() &&
          tree.lines.back().kind == TreeLine::Kind::Blank) {
        tree.lines.back().extent.end = line.extent.end;
      } else {
        tree.lines.push_back(std::move(line));
      }
    }
    return tree;
  }

 private:
  bool is(TokenKind kind) const { return at_ < tokens_.size() && tokens_[at_].kind == kind; }
  bool is_after(TokenKind kind) const {
    return at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == kind;
  }
  bool skip(TokenKind kind) {
    const bool found = is(kind);
    if (found) ++at_;
    return found;
  }
  std::uint32_t position() const {
    return at_ < tokens_.size() ? tokens_[at_].extent.begin
                                : static_cast<std::uint32_t>(text_.size());
  }
  std::uint32_t end_of_last() const { return tokens_[at_ - 1].extent.end; }

  bool fill(TreeLine& line) {
    skip(TokenKind::Blank);
    if (is(TokenKind::OpenBracket)) {
      line.kind = TreeLine::Kind::Header;
      if (!header(line)) return false;
    } else if (is(TokenKind::Comment)) {
      line.kind = TreeLine::Kind::Comment;
    } else if (at_ < tokens_.size() && !is(TokenKind::LineEnd)) {
      line.kind = TreeLine::Kind::Entry;
      if (!entry(line.entry)) return false;
    }
    skip(TokenKind::Blank);
    if (is(TokenKind::Comment)) line.comment = tokens_[at_++].extent;
    return skip(TokenKind::LineEnd) || at_ == tokens_.size();
  }

  bool header(TreeLine& line) {
    ++at_;
    line.repeats = skip(TokenKind::OpenBracket);
    if (!key(line.header) || !skip(TokenKind::CloseBracket)) return false;
    return !line.repeats || skip(TokenKind::CloseBracket);
  }

  /// A dotted key with the blanks around it.
  bool key(Key& out) {
    do {
      skip(TokenKind::Blank);
      if (at_ == tokens_.size()) return false;
      const Token& token = tokens_[at_++];
      const std::string_view spelled = slice(text_, token.extent);
      if (token.kind == TokenKind::Word) {
        out.push_back({token.extent, std::string(spelled)});
      } else if (token.kind == TokenKind::BasicString || token.kind == TokenKind::LiteralString) {
        out.push_back({token.extent, string_content(spelled)});
      } else {
        return false;
      }
      skip(TokenKind::Blank);
    } while (skip(TokenKind::Dot));
    return true;
  }

  bool entry(TreeEntry& out) {
    if (!key(out.key) || !skip(TokenKind::Equals)) return false;
    skip(TokenKind::Blank);
    return value(out.value);
  }

  bool value(TreeValue& out) {
    if (at_ == tokens_.size()) return false;
    out.extent.begin = position();
    bool sound = true;
    if (is(TokenKind::OpenBracket)) {
      out.kind = TreeValue::Kind::Array;
      sound = array(out);
    } else if (is(TokenKind::OpenBrace)) {
      out.kind = TreeValue::Kind::InlineTable;
      sound = inline_table(out);
    } else {
      sound = scalar();
    }
    if (sound) out.extent.end = end_of_last();
    return sound;
  }

  bool scalar() {
    for (TokenKind kind : {TokenKind::BasicString, TokenKind::LiteralString, TokenKind::BasicBlock,
                           TokenKind::LiteralBlock})
      if (skip(kind)) return true;
    const std::size_t begin = at_;
    while (is(TokenKind::Word) || is(TokenKind::Dot)) {
      ++at_;
      // A date and a time may have a space between them.
      if (is(TokenKind::Blank) && is_after(TokenKind::Word)) ++at_;
    }
    return at_ > begin;
  }

  bool inline_table(TreeValue& out) {
    ++at_;
    skip(TokenKind::Blank);
    while (!skip(TokenKind::CloseBrace)) {
      if (!entry(out.entries.emplace_back())) return false;
      skip(TokenKind::Blank);
      if (!skip(TokenKind::Comma) && !is(TokenKind::CloseBrace)) return false;
    }
    return true;
  }

  bool array(TreeValue& out) {
    ++at_;
    std::vector<TreeComment> waiting;  // for the item below them
    std::size_t line_ends = 0;         // since the last thing that is no blank
    bool after_value = false;
    while (at_ < tokens_.size()) {
      if (skip(TokenKind::Blank)) continue;
      if (skip(TokenKind::LineEnd)) {
        ++line_ends;
        continue;
      }
      if (is(TokenKind::Comment)) {
        comment(out, waiting, line_ends);
      } else if (is(TokenKind::Comma)) {
        if (!after_value) return false;
        after_value = false;
        ++at_;
      } else if (skip(TokenKind::CloseBracket)) {
        out.closing = std::move(waiting);
        return true;
      } else {
        if (after_value) return false;
        after_value = true;
        TreeItem item;
        item.above = std::move(waiting);
        waiting.clear();
        item.blank_above = line_ends > 1;
        if (!value(item.value)) return false;
        out.items.push_back(std::move(item));
      }
      line_ends = 0;
    }
    return false;
  }

  /// Decides what a comment in an array belongs to.
  void comment(TreeValue& out, std::vector<TreeComment>& waiting, std::size_t line_ends) {
    const Extent extent = tokens_[at_++].extent;
    const bool beside = line_ends == 0 && waiting.empty();
    if (beside && out.items.empty() && !out.opening) {
      out.opening = extent;
    } else if (beside && !out.items.empty() && !out.items.back().beside) {
      out.items.back().beside = extent;
    } else {
      waiting.push_back({extent, line_ends > 1});
    }
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<TomlTree> toml_tree(std::string_view text) {
  const std::optional<std::vector<Token>> tokens = toml_tokens(text);
  if (!tokens) return std::nullopt;
  return Builder(text, *tokens).run();
}

}  // namespace vmplan::syntax
