// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/format_toml.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/base/text.h"
#include "compiler/syntax/read_toml.h"
#include "compiler/syntax/same_document.h"
#include "compiler/syntax/toml_guard.h"
#include "compiler/syntax/toml_layout.h"
#include "compiler/syntax/toml_tree.h"

namespace vmplan::syntax {
namespace {

using Lines = std::span<const TreeLine>;

bool matches(const std::vector<std::string_view>& table, const Key& header) {
  return std::equal(
      table.begin(), table.end(), header.begin(), header.end(),
      [](std::string_view name, const KeyPart& part) { return name == "*" || name == part.name; });
}

/// Writes lines one after the other, and decides where blank ones go.
class Formatter {
 public:
  Formatter(std::string_view text, std::span<const TableKeys> known) : text_(text), known_(known) {}

  std::string run(Lines lines) {
    std::size_t at = 0;
    const Key root;
    const Key* header = &root;
    while (true) {
      const std::size_t next_header = find_header(lines, at);
      const std::size_t above = comments_above(lines, at, next_header);
      body(*header, lines.subspan(at, above - at));
      if (next_header == lines.size()) return std::move(out_);
      blank_wanted_ = true;
      for (std::size_t i = above; i <= next_header; ++i) line(lines[i]);
      header = &lines[next_header].header;
      at = next_header + 1;
    }
  }

 private:
  static std::size_t find_header(Lines lines, std::size_t from) {
    while (from < lines.size() && lines[from].kind != TreeLine::Kind::Header) ++from;
    return from;
  }

  /// Where the comments begin that belong to the header: those right above it. Lines for tools
  /// (`#:schema ...`) belong to the file.
  std::size_t comments_above(Lines lines, std::size_t from, std::size_t header) const {
    if (header == lines.size()) return header;
    std::size_t at = header;
    while (at > from && lines[at - 1].kind == TreeLine::Kind::Comment &&
           !slice(text_, *lines[at - 1].comment).starts_with("#:"))
      --at;
    return at;
  }

  /// The lines of one table without its header.
  void body(const Key& header, Lines lines) {
    auto is_entry = [](const TreeLine& one) { return one.kind == TreeLine::Kind::Entry; };
    while (!lines.empty() && lines.front().kind == TreeLine::Kind::Blank) lines = lines.subspan(1);
    const auto keys_end = std::find_if(lines.rbegin(), lines.rend(), is_entry).base();
    if (std::all_of(lines.begin(), keys_end, is_entry)) {
      const auto count = static_cast<std::size_t>(keys_end - lines.begin());
      for (const TreeLine* entry : ordered(header, lines.first(count))) line(*entry);
      lines = lines.subspan(count);
    }
    for (const TreeLine& one : lines) line(one);
  }

  std::vector<const TreeLine*> ordered(const Key& header, Lines entries) const {
    std::vector<const TreeLine*> out;
    for (const TreeLine& entry : entries) out.push_back(&entry);
    const auto order = std::find_if(known_.begin(), known_.end(), [&](const TableKeys& one) {
      return matches(one.table, header);
    });
    if (order == known_.end()) return out;
    auto rank = [&](const TreeLine* entry) {
      return std::find(order->keys.begin(), order->keys.end(), entry->entry.key.front().name) -
             order->keys.begin();
    };
    std::stable_sort(out.begin(), out.end(),
                     [&](const TreeLine* a, const TreeLine* b) { return rank(a) < rank(b); });
    return out;
  }

  void line(const TreeLine& one) {
    std::string text;
    switch (one.kind) {
      case TreeLine::Kind::Blank:
        blank_wanted_ = true;
        return;
      case TreeLine::Kind::Comment:
        break;
      case TreeLine::Kind::Header:
        text = one.repeats ? "[[" : "[";
        text.append(key_text(text_, one.header)).append(one.repeats ? "]]" : "]");
        break;
      case TreeLine::Kind::Entry:
        text = key_text(text_, one.entry.key) + " = ";
        text += value_text(text_, one.entry.value, count_code_points(text));
        break;
    }
    if (one.comment) {
      if (!text.empty()) text += "  ";
      text += comment_text(text_, *one.comment);
    }
    if (blank_wanted_ && !out_.empty()) out_ += '\n';
    blank_wanted_ = false;
    out_.append(text).append("\n");
  }

  std::string_view text_;
  std::span<const TableKeys> known_;
  std::string out_;
  bool blank_wanted_ = false;
};

/// A formatter that changes what a file says must not be believed: nothing of it is used.
void check_meaning(const SourceMap& sources, const Document& before, const std::string& formatted) {
  SourceMap again;
  Diagnostics none;
  const std::string path(sources.path(before.source));
  const std::optional<Document> after = read_toml(again, again.add(path, formatted), none);
  if (!after || !same_document(sources, before, again, *after))
    throw InternalError(fmt::format("formatting {} would change what it says", path));
}

}  // namespace

std::optional<std::string> format_toml(const SourceMap& sources, SourceId id,
                                       std::span<const TableKeys> known, Diagnostics& diagnostics) {
  const std::optional<Document> document = read_toml(sources, id, diagnostics);
  if (!document) return std::nullopt;
  const std::optional<TomlTree> tree = toml_tree(sources.text(id));
  if (!tree)
    throw InternalError(fmt::format("{} was read and then not understood", sources.path(id)));
  std::string formatted = Formatter(sources.text(id), known).run(tree->lines);
  if (formatted.size() > kMaxTomlBytes) {
    diagnostics.add(
        file_too_large(fmt::format("{} in vmplan's style", sources.path(id)), formatted.size()));
    return std::nullopt;
  }
  check_meaning(sources, *document, formatted);
  return formatted;
}

}  // namespace vmplan::syntax
