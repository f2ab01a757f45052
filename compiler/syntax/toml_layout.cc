// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_layout.h"

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan::syntax {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::string_view kBeforeComment = "  ";
/// What is longer does not fit: a code point has at most four bytes. Ends the search on a line for
/// everything that is nested deep.
constexpr std::size_t kMostBytes = 4 * kTomlWidth;

bool is_quoted(std::string_view spelled) {
  return spelled.starts_with('"') || spelled.starts_with('\'');
}

/// CRLF to LF. The reader takes both for the same inside a string of several lines.
std::string with_line_feeds(std::string_view spelled) {
  std::string out;
  for (std::size_t at = 0; at < spelled.size(); ++at) {
    const bool half = spelled[at] == '\r' && spelled.substr(at + 1).starts_with('\n');
    if (!half) out += spelled[at];
  }
  return out;
}

/// 'text' as "text", unless it would need an escape.
std::string string_text(std::string_view spelled) {
  if (spelled.starts_with("'''") || spelled.starts_with(R"(""")")) return with_line_feeds(spelled);
  if (!spelled.starts_with('\'') || spelled.find_first_of("\"\\") != std::string_view::npos)
    return std::string(spelled);
  std::string out(spelled);
  out.front() = out.back() = '"';
  return out;
}

bool is_bare_key(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_ascii_alnum(c) || c == '_' || c == '-';
  });
}

/// Writes one value, with the room that is left on its line in mind.
class Layout {
 public:
  explicit Layout(std::string_view text) : text_(text) {}

  /// `after` columns follow the value on its last line.
  std::string value(const TreeValue& value, std::size_t indent, std::size_t column,
                    std::size_t after) const {
    if (value.kind == TreeValue::Kind::Scalar) return scalar(value);
    if (std::optional<std::string> line = one_line(value))
      if (is_empty(value) || column + count_code_points(*line) + after <= kTomlWidth) return *line;
    return value.kind == TreeValue::Kind::Array ? broken(value, indent)
                                                : inline_table(value, indent, column, after);
  }

 private:
  std::string scalar(const TreeValue& value) const {
    const std::string_view spelled = slice(text_, value.extent);
    return is_quoted(spelled) ? string_text(spelled) : std::string(spelled);
  }

  static bool is_empty(const TreeValue& value) {
    return value.items.empty() && value.entries.empty();
  }

  static bool has_comment(const TreeValue& array) {
    return array.opening || !array.closing.empty() ||
           std::any_of(array.items.begin(), array.items.end(),
                       [](const TreeItem& item) { return item.beside || !item.above.empty(); });
  }

  /// nullopt: a comment or a string of several lines is in the way, or it is far too long.
  std::optional<std::string> one_line(const TreeValue& value) const {
    std::string out;
    switch (value.kind) {
      case TreeValue::Kind::Scalar: {
        out = scalar(value);
        if (out.find('\n') != std::string::npos) return std::nullopt;
        return out;
      }
      case TreeValue::Kind::Array: {
        if (has_comment(value)) return std::nullopt;
        for (const TreeItem& item : value.items) {
          std::optional<std::string> inner = one_line(item.value);
          if (!inner || out.size() > kMostBytes) return std::nullopt;
          out.append(out.empty() ? "" : ", ").append(*inner);
        }
        return "[" + out + "]";
      }
      case TreeValue::Kind::InlineTable: {
        for (const TreeEntry& entry : value.entries) {
          std::optional<std::string> inner = one_line(entry.value);
          if (!inner || out.size() > kMostBytes) return std::nullopt;
          out.append(out.empty() ? "" : ", ").append(key_text(text_, entry.key));
          out.append(" = ").append(*inner);
        }
        return out.empty() ? "{}" : "{ " + out + " }";
      }
    }
    return std::nullopt;
  }

  /// One element a line, each with a comma.
  std::string broken(const TreeValue& array, std::size_t indent) const {
    const std::string inner(indent + kIndent, ' ');
    std::string out = "[";
    if (array.opening) out.append(kBeforeComment).append(comment_text(text_, *array.opening));
    out += '\n';
    bool first = true;
    auto blank = [&](bool wanted) {
      if (wanted && !first) out += '\n';
      first = false;
    };
    auto comments = [&](const std::vector<TreeComment>& list) {
      for (const TreeComment& comment : list) {
        blank(comment.blank_above);
        out.append(inner).append(comment_text(text_, comment.extent)).append("\n");
      }
    };
    for (const TreeItem& item : array.items) {
      comments(item.above);
      blank(item.blank_above);
      out.append(inner).append(value(item.value, indent + kIndent, inner.size(), 1)).append(",");
      if (item.beside) out.append(kBeforeComment).append(comment_text(text_, *item.beside));
      out += '\n';
    }
    comments(array.closing);
    return out.append(indent, ' ').append("]");
  }

  /// TOML keeps an inline table on one line; only the arrays in it can be broken.
  std::string inline_table(const TreeValue& table, std::size_t indent, std::size_t column,
                           std::size_t after) const {
    std::string out;
    std::size_t here = column;
    auto put = [&](std::string_view piece) {
      const std::size_t line = piece.rfind('\n');
      if (line != std::string_view::npos) here = 0;
      here += count_code_points(piece.substr(line == std::string_view::npos ? 0 : line + 1));
      out += piece;
    };
    put("{ ");
    for (const TreeEntry& entry : table.entries) {
      const bool last = &entry == &table.entries.back();
      put(key_text(text_, entry.key) + " = ");
      put(value(entry.value, indent, here, last ? 2 + after : 1));
      put(last ? " }" : ", ");
    }
    return out;
  }

  std::string_view text_;
};

}  // namespace

std::string key_text(std::string_view text, const Key& key) {
  std::string out;
  for (const KeyPart& part : key) {
    if (!out.empty()) out += '.';
    const std::string_view spelled = slice(text, part.extent);
    if (is_quoted(spelled) && is_bare_key(spelled.substr(1, spelled.size() - 2))) {
      out += spelled.substr(1, spelled.size() - 2);
    } else {
      out += is_quoted(spelled) ? string_text(spelled) : std::string(spelled);
    }
  }
  return out;
}

std::string comment_text(std::string_view text, Extent comment) {
  std::string_view spelled = slice(text, comment);
  return std::string(spelled.substr(0, spelled.find_last_not_of(" \t") + 1));
}

std::string value_text(std::string_view text, const TreeValue& value, std::size_t column) {
  return Layout(text).value(value, 0, column, 0);
}

}  // namespace vmplan::syntax
