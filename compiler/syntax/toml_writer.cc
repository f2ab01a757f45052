// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/toml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "compiler/base/text.h"

namespace vmplan::syntax {
namespace {

bool is_bare(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return is_ascii_alnum(c) || c == '_' || c == '-';
  });
}

/// The letter after the backslash, 0 where there is no short form.
char short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    default:
      return 0;
  }
}

}  // namespace

void append_key(std::string& out, std::string_view key) {
  if (is_bare(key)) {
    out += key;
  } else {
    append_string(out, key);
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (char letter = short_escape(c); letter != 0) {
      out += '\\';
      out += letter;
    } else if (is_ascii_control(c)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_integer(std::string& out, std::int64_t number) {
  fmt::format_to(std::back_inserter(out), "{}", number);
}

void append_boolean(std::string& out, bool flag) { out += flag ? "true" : "false"; }

void append_secret(std::string& out, std::string_view reference, std::string_view version) {
  out += "{ secret = ";
  append_string(out, reference);
  if (!version.empty()) {
    out += ", version = ";
    append_string(out, version);
  }
  out += " }";
}

void append_strings(std::string& out, std::span<const std::string_view> items) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    append_string(out, items[i]);
  }
  out += ']';
}

}  // namespace vmplan::syntax
