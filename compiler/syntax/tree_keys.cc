// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/tree_keys.h"

#include <map>

#include "compiler/base/text.h"

namespace vmplan::syntax {
namespace {

class Walker {
 public:
  explicit Walker(const std::function<void(const KeyMention&)>& visit) : visit_(visit) {}

  void walk(const TomlTree& tree) {
    TreePath table;
    for (line_ = 0; line_ < tree.lines.size(); ++line_) {
      const TreeLine& line = tree.lines[line_];
      if (line.kind == TreeLine::Kind::Header) table = header(line);
      if (line.kind == TreeLine::Kind::Entry) {
        TreePath path = table;
        entry(line.entry, path, line.entry.key.size() == 1);
      }
    }
  }

 private:
  /// The table whose keys follow.
  TreePath header(const TreeLine& line) {
    TreePath path;
    for (const KeyPart& part : line.header) {
      path.push_back({part.name});
      visit_({path, part, line_});
      const bool last = &part == &line.header.back();
      auto count = elements_.find(path);
      if (last && line.repeats) {
        if (count == elements_.end()) count = elements_.emplace(path, 0).first;
        path.push_back({"", count->second++});
      } else if (count != elements_.end()) {
        path.push_back({"", count->second - 1});  // below `[[x]]`, `[x.y]` means the latest x
      }
    }
    return path;
  }

  /// `path` is what the entry stands in, and is the same again afterwards.
  void entry(const TreeEntry& entry, TreePath& path, bool alone) {
    const std::size_t depth = path.size();
    for (const KeyPart& part : entry.key) {
      const bool last = &part == &entry.key.back();
      path.push_back({part.name});
      visit_({path, part, line_, last ? &entry.value : nullptr, alone});
    }
    value(entry.value, path);
    path.resize(depth);
  }

  void value(const TreeValue& value, TreePath& path) {
    for (const TreeEntry& member : value.entries) entry(member, path, false);
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      path.push_back({"", i});
      this->value(value.items[i].value, path);
      path.pop_back();
    }
  }

  const std::function<void(const KeyMention&)>& visit_;
  std::size_t line_ = 0;
  /// How many elements each array of tables has so far.
  std::map<TreePath, std::size_t> elements_;
};

}  // namespace

void visit_keys(const TomlTree& tree, const std::function<void(const KeyMention&)>& visit) {
  Walker(visit).walk(tree);
}

bool path_matches(std::string_view pattern, const TreePath& path) {
  std::size_t at = 0;
  for (std::string_view name : split(pattern, '.')) {
    const bool elements = name.ends_with("[]");
    if (elements) name.remove_suffix(2);
    if (at == path.size() || path[at].index != Step::kMember || path[at].name != name) return false;
    ++at;
    if (!elements) continue;
    if (at == path.size() || path[at].index == Step::kMember) return false;
    ++at;
  }
  return at == path.size();
}

std::string path_text(const TreePath& path) {
  std::string out;
  for (const Step& step : path) {
    if (step.index != Step::kMember) continue;
    if (!out.empty()) out += '.';
    out += step.name;
  }
  return out;
}

}  // namespace vmplan::syntax
