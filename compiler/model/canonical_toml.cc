// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/canonical_toml.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/model/profile_fields.h"
#include "compiler/syntax/toml_writer.h"

namespace vmplan::model {
namespace {

void append_value(std::string& out, const std::string& text) { syntax::append_string(out, text); }
void append_value(std::string& out, std::int64_t number) { syntax::append_integer(out, number); }
void append_value(std::string& out, bool flag) { syntax::append_boolean(out, flag); }
void append_value(std::string& out, const SecretReference& secret) {
  syntax::append_secret(out, secret.reference, secret.version);
}
void append_value(std::string& out, const std::vector<ListItem>& items) {
  std::vector<std::string_view> texts;
  for (const ListItem& item : items) texts.push_back(item.text);
  syntax::append_strings(out, texts);
}

/// The lines of one section, without its header.
template <class S>
std::string body(const SectionTable<S>& table, const S& section) {
  std::vector<std::pair<std::string_view, std::string>> lines;
  for (const Field<S>& field : table.fields) {
    std::visit(
        [&](auto member) {
          if constexpr (!std::is_same_v<decltype(member), NotYet>) {
            if (field.info.consumed || !(section.*member).has()) return;
            std::string line;
            syntax::append_key(line, field.info.name);
            line += " = ";
            append_value(line, *(section.*member));
            lines.emplace_back(field.info.name, line + "\n");
          }
        },
        field.member);
  }
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const auto& [name, line] : lines) out += line;
  return out;
}

}  // namespace

std::string canonical_toml(const Profile& profile) {
  std::vector<std::pair<std::string_view, std::string>> sections;
  auto add = [&](const auto& table, const auto& section, std::string_view open,
                 std::string_view close) {
    if (table.is_consumed() || (table.info.by_presence && !section.present)) return;
    std::string text;
    if (!table.info.path.empty()) {
      text.append("\n").append(open).append(table.info.path).append(close).append("\n");
    }
    sections.emplace_back(table.info.path, text + body(table, section));
  };
  visit_sections(profile, [&](const auto& table, const auto& section) {
    if constexpr (requires { section.size(); }) {
      for (const auto& item : section) add(table, item, "[[", "]]");
    } else {
      add(table, section, "[", "]");
    }
  });
  std::stable_sort(sections.begin(), sections.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out;
  for (const auto& [path, text] : sections) out += text;
  return out;
}

}  // namespace vmplan::model
