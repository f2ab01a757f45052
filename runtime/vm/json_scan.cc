// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/json_scan.h"

#include <charconv>

namespace vmplan::vm {
namespace {

constexpr int kMaxDepth = 64;

/// Walks over a text; every function returns false at malformed text and leaves the position
/// anywhere.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  std::size_t position() const { return at_; }
  std::string_view from(std::size_t begin) const { return text_.substr(begin, at_ - begin); }

  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n'))
      ++at_;
  }
  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool skip_string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (c == '\\') ++at_;
    }
    return false;
  }
  bool skip_value() {
    skip_space();
    int depth = 0;
    do {
      skip_space();
      if (at_ >= text_.size()) return false;
      switch (text_[at_]) {
        case '"':
          if (!skip_string()) return false;
          break;
        case '{':
        case '[':
          if (++depth > kMaxDepth) return false;
          ++at_;
          break;
        case '}':
        case ']':
          if (--depth < 0) return false;
          ++at_;
          break;
        case ',':
        case ':':
          if (depth == 0) return false;
          ++at_;
          break;
        default:
          skip_word();
      }
    } while (depth > 0);
    return true;
  }

 private:
  /// A number or literal.
  void skip_word() {
    while (at_ < text_.size() &&
           std::string_view(",:{}[]\" \t\r\n").find(text_[at_]) == std::string_view::npos)
      ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string_view> json_member(std::string_view object, std::string_view key) {
  Cursor cursor(object);
  if (!cursor.take('{')) return std::nullopt;
  do {
    cursor.skip_space();
    const std::size_t key_begin = cursor.position();
    if (!cursor.skip_string()) return std::nullopt;
    const bool found = json_plain_string(cursor.from(key_begin)) == key;
    if (!cursor.take(':')) return std::nullopt;
    cursor.skip_space();
    const std::size_t value_begin = cursor.position();
    if (!cursor.skip_value()) return std::nullopt;
    if (found) return cursor.from(value_begin);
  } while (cursor.take(','));
  return std::nullopt;
}

std::optional<std::string_view> json_plain_string(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
  value = value.substr(1, value.size() - 2);
  if (value.find_first_of("\"\\") != std::string_view::npos) return std::nullopt;
  return value;
}

std::optional<std::int64_t> json_integer(std::string_view value) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) return std::nullopt;
  return number;
}

std::optional<bool> json_boolean(std::string_view value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

}  // namespace vmplan::vm
