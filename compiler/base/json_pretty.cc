// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/json_pretty.h"

#include "compiler/base/json_writer.h"

namespace vmplan {
namespace {

constexpr std::size_t kWidest = 100;
constexpr std::size_t kIndent = 2;

void append_flat(std::string& out, const Json& value) {
  if (const JsonArray* items = value.if_array()) {
    out += '[';
    for (const Json& item : *items) {
      if (&item != &items->front()) out += ", ";
      append_flat(out, item);
    }
    out += ']';
  } else if (const JsonObject* members = value.if_object()) {
    out += '{';
    bool first = true;
    for (const auto& [name, member] : *members) {
      if (!first) out += ", ";
      first = false;
      append_json_string(out, name);
      out += ": ";
      append_flat(out, member);
    }
    out += '}';
  } else {
    append_canonical(out, value);
  }
}

bool is_empty(const Json& value) {
  if (const JsonArray* items = value.if_array()) return items->empty();
  const JsonObject* members = value.if_object();
  return members == nullptr || members->empty();
}

/// Appends `value`, which starts in column `indent + lead` and is followed by at most a comma.
void append_lines(std::string& out, const Json& value, std::size_t indent, std::size_t lead) {
  std::string flat;
  append_flat(flat, value);
  if (is_empty(value) || indent + lead + flat.size() < kWidest) {
    out += flat;
    return;
  }
  auto start_line = [&](bool first) {
    if (!first) out += ',';
    out += '\n';
    out.append(indent + kIndent, ' ');
  };
  bool first = true;
  if (const JsonArray* items = value.if_array()) {
    out += '[';
    for (const Json& item : *items) {
      start_line(first);
      first = false;
      append_lines(out, item, indent + kIndent, 0);
    }
  } else {
    out += '{';
    for (const auto& [name, member] : *value.if_object()) {
      start_line(first);
      first = false;
      std::size_t before = out.size();
      append_json_string(out, name);
      out += ": ";
      append_lines(out, member, indent + kIndent, out.size() - before);
    }
  }
  out += '\n';
  out.append(indent, ' ');
  out += value.if_array() != nullptr ? ']' : '}';
}

}  // namespace

std::string pretty(const Json& value) {
  std::string out;
  append_lines(out, value, 0, 0);
  out += '\n';
  return out;
}

}  // namespace vmplan
