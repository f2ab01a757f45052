// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/json_writer.h"

#include <array>
#include <cassert>
#include <charconv>

namespace vmplan {
namespace {

void append_control_escape(std::string& out, unsigned char byte) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  switch (byte) {
    case '\b':
      out += "\\b";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
  }
}

void append_integer(std::string& out, std::int64_t number) {
  std::array<char, 24> buffer{};
  auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), result.ptr);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // start of the run that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += static_cast<char>(byte);
    } else {
      append_control_escape(out, byte);
    }
  }
  out.append(text, plain, text.size() - plain);
  out += '"';
}

void append_canonical(std::string& out, const Json& value) { JsonWriter(out).value(value); }

std::string canonical(const Json& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
  } else if (!first_) {
    out_ += ',';
  }
  first_ = false;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  first_ = true;
#ifndef NDEBUG
  last_keys_.emplace_back();
#endif
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  first_ = false;
#ifndef NDEBUG
  last_keys_.pop_back();
#endif
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
#ifndef NDEBUG
  assert(first_ || last_keys_.back() < name);
  last_keys_.back() = name;
#endif
  separate();
  append_json_string(out_, name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
  separate();
  append_integer(out_, number);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool flag) {
  separate();
  out_ += flag ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::value(const Json& tree) {
  switch (tree.kind()) {
    case Json::Kind::Bool:
      return boolean(*tree.if_bool());
    case Json::Kind::Int:
      return integer(*tree.if_int());
    case Json::Kind::String:
      return string(*tree.if_string());
    case Json::Kind::Array:
      begin_array();
      for (const Json& item : *tree.if_array()) value(item);
      return end_array();
    case Json::Kind::Object:
      begin_object();
      for (const auto& [name, member] : *tree.if_object()) key(name).value(member);
      return end_object();
  }
  return *this;
}

JsonWriter& JsonWriter::strings(const std::vector<std::string>& values) {
  begin_array();
  for (const std::string& text : values) string(text);
  return end_array();
}

}  // namespace vmplan
