// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/templates.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/model/path_rules.h"
#include "compiler/syntax/merge.h"
#include "compiler/syntax/read_toml.h"

namespace vmplan::model {
namespace {

using syntax::Document;
using syntax::Value;

/// Longest way from a profile to the last file it builds on.
constexpr std::size_t kMostTemplates = 16;
/// Larger files are refused unread; the TOML reader's own limit is lower, and its message better.
constexpr std::size_t kMaxRead = 64U << 20U;

/// The text of `[vm] extends`; null when there is none.
const Value* extends_of(const Document& document) {
  const Value* vm = document.root.find("vm");
  if (vm == nullptr || vm->kind != Value::Kind::Table) return nullptr;
  const Value* extends = vm->find("extends");
  return extends != nullptr && extends->kind == Value::Kind::String ? extends : nullptr;
}

std::vector<std::string> allowed_places(const std::optional<LabFile>& lab_file) {
  std::vector<std::string> places;
  if (!lab_file || !lab_file->paths.allow.has()) return places;
  for (const ListItem& item : *lab_file->paths.allow)
    if (!allow_fault(item.text)) places.push_back(normal_path(item.text));
  return places;
}

std::optional<Document> load_template(const std::string& path, Span where, const FileReader& files,
                                      SourceMap& sources, Diagnostics& diagnostics) {
  auto text = files.read(path, kMaxRead);
  if (!text) {
    bool absent = text.error().kind == ErrorKind::NotFound;
    diagnostics.add({Code::FileNotReadable,
                     fmt::format("{} {}", path, absent ? "does not exist" : "cannot be read"),
                     absent ? "a profile builds on it" : text.error().text(),
                     where,
                     {},
                     absent ? "check the name; it is relative to the lab"
                            : "it must be a regular file that you may read"});
    return std::nullopt;
  }
  return syntax::read_toml(sources, sources.add(path, std::move(*text)), diagnostics);
}

/// Without what `extends` says in a template: it has been followed.
Value without_extends(Value root) {
  for (syntax::Member& member : root.members)
    if (member.key == "vm" && member.value.kind == Value::Kind::Table)
      std::erase_if(member.value.members,
                    [](const syntax::Member& field) { return field.key == "extends"; });
  return root;
}

void report_circle(const std::vector<const Value*>& way, bool too_long, Diagnostics& diagnostics) {
  std::vector<Note> notes;
  for (std::size_t i = 0; i + 1 < way.size() && i < 4; ++i)
    notes.push_back({fmt::format("builds on `{}`", way[i]->text), way[i]->span});
  diagnostics.add({Code::ExtendsCircle,
                   too_long ? fmt::format("more than {} files build on each other", kMostTemplates)
                            : "files build on each other in a circle",
                   too_long ? "this is one more" : "this closes the circle", way.back()->span,
                   std::move(notes), "remove one `extends`"});
}

}  // namespace

bool has_template(const Document& profile) { return extends_of(profile) != nullptr; }

Templates load_templates(const std::vector<const Document*>& profiles,
                         const std::optional<LabFile>& lab_file, const FileReader& files,
                         SourceMap& sources, Diagnostics& diagnostics) {
  Templates templates;
  std::vector<std::string> allow = allowed_places(lab_file);
  std::vector<const Document*> waiting(profiles.rbegin(), profiles.rend());
  while (!waiting.empty()) {
    const Value* extends = extends_of(*waiting.back());
    waiting.pop_back();
    if (extends == nullptr || path_fault(extends->text, PathRole::Template, {allow, {}, ""}))
      continue;
    auto [found, fresh] = templates.emplace(normal_path(extends->text), std::nullopt);
    if (!fresh) continue;
    found->second = load_template(found->first, extends->span, files, sources, diagnostics);
    if (found->second) waiting.push_back(&*found->second);
  }
  return templates;
}

std::optional<Document> with_templates(const Document& profile, const Templates& templates,
                                       Diagnostics& diagnostics) {
  Document out = profile;
  std::vector<const Value*> way;
  std::vector<std::string> seen;
  for (const Value* extends = extends_of(profile); extends != nullptr;) {
    way.push_back(extends);
    std::string path = normal_path(extends->text);
    auto found = templates.find(path);
    if (found == templates.end()) return out;  // a path that the rules refuse
    if (!found->second) return std::nullopt;
    bool circle = std::find(seen.begin(), seen.end(), path) != seen.end();
    if (circle || way.size() > kMostTemplates) {
      report_circle(way, !circle, diagnostics);
      return std::nullopt;
    }
    seen.push_back(std::move(path));
    out.root = syntax::merged(without_extends(found->second->root), out.root);
    extends = extends_of(*found->second);
  }
  return out;
}

}  // namespace vmplan::model
