// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/migration_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/base/text.h"
#include "compiler/syntax/text_edit.h"
#include "compiler/syntax/toml_writer.h"
#include "compiler/syntax/tree_keys.h"

namespace vmplan::model {
namespace {

using syntax::Extent;
using syntax::KeyMention;
using syntax::TreeLine;
using syntax::TreePath;

/// One mention of a key that an edit names.
struct Place {
  Extent key;
  std::size_t line = 0;
  const syntax::TreeValue* value = nullptr;
  bool alone = false;
};
using Places = std::map<TreePath, std::vector<Place>>;

/// "hardware.memory" to "memory_mb" -> "hardware.memory_mb"; a moved key has a path of its own.
std::string target_of(const MigrationEdit& edit) {
  if (edit.kind == EditKind::Move) return std::string(edit.to);
  if (edit.kind != EditKind::Rename) return "";
  const std::size_t dot = edit.path.rfind('.');
  return fmt::format("{}{}", edit.path.substr(0, dot == std::string_view::npos ? 0 : dot + 1),
                     edit.to);
}

/// The table of a dotted path without `[]`.
TreePath table_of(std::string_view path) {
  TreePath out;
  for (std::string_view name : split(path, '.')) out.push_back({std::string(name)});
  out.pop_back();
  return out;
}

std::string key_text(std::string_view name) {
  std::string out;
  syntax::append_key(out, name);
  return out;
}

class Step {
 public:
  Step(const SourceMap& sources, SourceId id, const syntax::TomlTree& tree,
       const Migration& migration, Diagnostics& diagnostics)
      : text_(sources.text(id)),
        id_(id),
        lines_(tree.lines),
        migration_(migration),
        found_(migration.edits.size()),
        diagnostics_(diagnostics) {
    const std::size_t line_end = text_.find('\n');
    line_end_ = line_end != std::string_view::npos && line_end > 0 && text_[line_end - 1] == '\r'
                    ? "\r\n"
                    : "\n";
    look(tree);
  }

  std::optional<std::string> run(std::vector<ProposedEdit>& done) {
    for (std::size_t i = 0; i < migration_.edits.size(); ++i) {
      const MigrationEdit& edit = migration_.edits[i];
      const std::size_t before = applied_;
      for (const auto& [path, places] : found_[i]) apply(edit, path, places);
      if (applied_ > before) done.push_back({edit, applied_ - before});
    }
    if (!sound_) return std::nullopt;
    set_version();
    append_new_tables();
    return syntax::apply_edits(text_, std::move(edits_));
  }

 private:
  /// Finds all that the edits name, and all that stands where they lead to.
  void look(const syntax::TomlTree& tree) {
    std::vector<std::string> targets;
    for (const MigrationEdit& edit : migration_.edits) targets.push_back(target_of(edit));
    syntax::visit_keys(tree, [&](const KeyMention& mention) {
      for (std::size_t i = 0; i < targets.size(); ++i) {
        if (syntax::path_matches(migration_.edits[i].path, mention.path))
          found_[i][mention.path].push_back(
              {mention.part.extent, mention.line, mention.value, mention.alone});
        if (!targets[i].empty() && syntax::path_matches(targets[i], mention.path))
          taken_.emplace(mention.path, mention.part.extent);
        if (migration_.edits[i].kind == EditKind::Move)
          look_for_table(table_of(migration_.edits[i].to), mention);
      }
      if (mention.path.size() == 1 && mention.path[0].name == "schema_version")
        version_ = mention.value;
    });
  }

  /// Notes the header of a table that a key moves to, and whatever keeps it from having one.
  void look_for_table(const TreePath& table, const KeyMention& mention) {
    if (mention.path.size() > table.size() ||
        !std::equal(mention.path.begin(), mention.path.end(), table.begin()))
      return;
    const TreeLine& line = lines_[mention.line];
    const bool is_header =
        line.kind == TreeLine::Kind::Header && line.header.back().extent == mention.part.extent;
    if (line.kind == TreeLine::Kind::Entry || (is_header && line.repeats)) {
      not_headers_.insert(table);
    } else if (is_header && mention.path == table) {
      headers_.emplace(table, mention.line);
    }
  }

  void apply(const MigrationEdit& edit, const TreePath& path, const std::vector<Place>& places) {
    switch (edit.kind) {
      case EditKind::Rename:
        return rename(edit, path, places);
      case EditKind::Move:
        return move(edit, path, places);
      case EditKind::Replace:
        return replace(edit, places);
      case EditKind::Drop:
        return drop(path, places);
    }
  }

  void rename(const MigrationEdit& edit, const TreePath& path, const std::vector<Place>& places) {
    TreePath renamed = path;
    renamed.back().name = edit.to;
    if (!take(path, renamed, places.front())) return;
    for (const Place& place : places) edits_.push_back({place.key, key_text(edit.to)});
    ++applied_;
  }

  void move(const MigrationEdit& edit, const TreePath& path, const std::vector<Place>& places) {
    const TreePath table = table_of(edit.to);
    TreePath moved = table;
    moved.push_back({std::string(edit.to.substr(edit.to.rfind('.') + 1))});
    if (!take(path, moved, places.front())) return;
    if (places.size() > 1 || !places.front().alone)
      return by_hand(path, places.front(), "this is not a line of its own");
    if (not_headers_.contains(table))
      return by_hand(path, places.front(),
                     fmt::format("`{}` is no plain `[table]`", syntax::path_text(table)));
    const auto header = headers_.find(table);
    const Place& place = places.front();
    const std::size_t first = comments_above(place.line);
    std::string moved_text(
        text_.substr(lines_[first].extent.begin, place.key.begin - lines_[first].extent.begin));
    moved_text += key_text(moved.back().name);
    moved_text += text_.substr(place.key.end, lines_[place.line].extent.end - place.key.end);
    if (!moved_text.ends_with('\n')) moved_text += line_end_;
    remove_lines(first, place.line);
    if (header == headers_.end()) {
      new_tables_[syntax::path_text(table)] += moved_text;
    } else {
      insert_after(last_entry(header->second), std::move(moved_text));
    }
    ++applied_;
  }

  void replace(const MigrationEdit& edit, const std::vector<Place>& places) {
    for (const Place& place : places) {
      if (place.value == nullptr || !same_value(slice(text_, place.value->extent), edit.from))
        continue;
      edits_.push_back({place.value->extent, std::string(edit.to)});
      ++applied_;
    }
  }

  void drop(const TreePath& path, const std::vector<Place>& places) {
    for (const Place& place : places)
      if (!place.alone) return by_hand(path, place, "this is not a line of its own");
    for (const Place& place : places) remove_lines(comments_above(place.line), place.line);
    ++applied_;
  }

  /// Claims the new path. False after an error: somebody stands there already.
  bool take(const TreePath& path, const TreePath& target, const Place& place) {
    const auto [at, is_free] = taken_.emplace(target, place.key);
    if (is_free) return true;
    sound_ = false;
    diagnostics_.add({Code::MigrationConflict,
                      fmt::format("`{}` would become `{}`, which is there already",
                                  syntax::path_text(path), syntax::path_text(target)),
                      fmt::format("the spelling of version {}", migration_.from),
                      span(place.key),
                      {{"the other one", span(at->second)}},
                      "keep the one that is right; vmplan does not guess"});
    return false;
  }

  void by_hand(const TreePath& path, const Place& place, std::string detail) {
    sound_ = false;
    diagnostics_.add(
        {Code::MigrationConflict,
         fmt::format("`{}` cannot be migrated as it is written", syntax::path_text(path)),
         std::move(detail),
         span(place.key),
         {},
         "write the key on a line of its own below its `[table]`, and try again"});
  }

  /// Values that mean the same string, or are spelled the same.
  static bool same_value(std::string_view a, std::string_view b) {
    auto is_plain_string = [](std::string_view text) {
      const bool block = text.starts_with("'''") || text.starts_with(R"(""")");
      return !block && (text.starts_with('"') || text.starts_with('\''));
    };
    if (!is_plain_string(a) || !is_plain_string(b)) return a == b;
    return syntax::string_content(a) == syntax::string_content(b);
  }

  /// The first of the comment lines right above a line. Those that open the file belong to it.
  std::size_t comments_above(std::size_t line) const {
    std::size_t at = line;
    while (at > 0 && lines_[at - 1].kind == TreeLine::Kind::Comment &&
           !slice(text_, *lines_[at - 1].comment).starts_with("#:"))
      --at;
    return at == 0 ? line : at;
  }

  /// The last key of the table whose header stands at `header`, or the header.
  std::size_t last_entry(std::size_t header) const {
    std::size_t last = header;
    for (std::size_t at = header + 1; at < lines_.size(); ++at) {
      if (lines_[at].kind == TreeLine::Kind::Header) break;
      if (lines_[at].kind == TreeLine::Kind::Entry) last = at;
    }
    return last;
  }

  void remove_lines(std::size_t first, std::size_t last) {
    edits_.push_back({{lines_[first].extent.begin, lines_[last].extent.end}, ""});
  }

  void insert_after(std::size_t line, std::string lines) {
    const std::uint32_t at = lines_[line].extent.end;
    if (!text_.substr(0, at).ends_with('\n')) lines.insert(0, line_end_);
    edits_.push_back({{at, at}, std::move(lines)});
  }

  void append_new_tables() {
    const auto end = static_cast<std::uint32_t>(text_.size());
    for (auto& [name, body] : new_tables_)
      edits_.push_back({{end, end}, fmt::format("{0}[{1}]{0}{2}", line_end_, name, body)});
  }

  void set_version() {
    const std::string number = fmt::format("{}", migration_.from + 1);
    if (version_ != nullptr) {
      edits_.push_back({version_->extent, number});
      return;
    }
    std::string line = fmt::format("schema_version = {}{}", number, line_end_);
    const auto first = std::find_if(lines_.begin(), lines_.end(), [](const TreeLine& one) {
      return one.kind == TreeLine::Kind::Header || one.kind == TreeLine::Kind::Entry;
    });
    if (first == lines_.end()) {
      const auto end = static_cast<std::uint32_t>(text_.size());
      if (!lines_.empty() && !text_.ends_with('\n')) line.insert(0, line_end_);
      edits_.push_back({{end, end}, std::move(line)});
      return;
    }
    if (first->kind == TreeLine::Kind::Header) line += line_end_;
    const std::size_t above = comments_above(static_cast<std::size_t>(first - lines_.begin()));
    const std::uint32_t at = lines_[above].extent.begin;
    edits_.push_back({{at, at}, std::move(line)});
  }

  Span span(Extent extent) const { return {id_, extent.begin, extent.end}; }

  std::string_view text_;
  SourceId id_;
  const std::vector<TreeLine>& lines_;
  const Migration& migration_;
  std::string line_end_;
  /// What each edit names.
  std::vector<Places> found_;
  /// What stands where edits lead to, also what they have put there.
  std::map<TreePath, Extent> taken_;
  /// The tables that keys move to: lines of their headers; and those that are written otherwise.
  std::map<TreePath, std::size_t> headers_;
  std::set<TreePath> not_headers_;
  std::map<std::string, std::string> new_tables_;
  const syntax::TreeValue* version_ = nullptr;
  std::vector<syntax::TextEdit> edits_;
  std::size_t applied_ = 0;
  bool sound_ = true;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<std::string> migrate_once(const SourceMap& sources, SourceId id,
                                        const syntax::TomlTree& tree, const Migration& migration,
                                        std::vector<ProposedEdit>& done, Diagnostics& diagnostics) {
  return Step(sources, id, tree, migration, diagnostics).run(done);
}

}  // namespace vmplan::model
