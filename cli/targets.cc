// SPDX-License-Identifier: Apache-2.0
#include "cli/targets.h"

#include <fmt/format.h>

#include "compiler/base/text.h"
#include "compiler/plan/lock_file.h"

namespace vmplan::cli {
namespace {

constexpr std::string_view kTag = "tag:";

/// A glob over node ids also selects what lies below what it matches: `disk/*` is every disk of
/// every machine.
bool selects(std::string_view word, std::string_view id) {
  if (glob_match(word, id)) return true;
  if (id.starts_with("vm/") && glob_match(word, id.substr(3))) return true;
  if (word.find('/') == std::string_view::npos ||
      word.find_first_of("*?") == std::string_view::npos)
    return false;
  for (std::size_t slash = id.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = id.rfind('/', slash - 1))
    if (glob_match(word, id.substr(0, slash))) return true;
  return false;
}

std::string unknown_target(std::string_view word, const Ids& known) {
  std::vector<std::string_view> names;
  for (const std::string& id : known) {
    names.emplace_back(id);
    if (id.starts_with("vm/")) names.push_back(std::string_view(id).substr(3));
  }
  std::string text = fmt::format("nothing here is called `{}`", printable(word));
  if (std::optional<std::string_view> near = nearest(word, names))
    text += fmt::format("; did you mean `{}`", *near);
  return text;
}

std::optional<Ids> matching(Context& context, std::string_view word, const Ids& known) {
  if (known.contains(word)) return Ids{std::string(word)};
  Ids found;
  for (const std::string& id : known)
    if (selects(word, id)) found.insert(id);
  if (!found.empty()) return found;
  context.terminal.error(unknown_target(word, known));
  return std::nullopt;
}

std::optional<Ids> tagged(Context& context, std::string_view word, const Known& known) {
  std::string_view tag = word.substr(kTag.size());
  auto found = known.by_tag.find(tag);
  if (found != known.by_tag.end()) return found->second;
  std::vector<std::string_view> tags;
  for (const auto& [name, ids] : known.by_tag) tags.push_back(name);
  std::string text = fmt::format("no machine here has the tag `{}`", printable(tag));
  if (std::optional<std::string_view> near = nearest(tag, tags))
    text += fmt::format("; did you mean `tag:{}`", *near);
  context.terminal.error(text);
  return std::nullopt;
}

void add(const plan::CommandPlan& node, Known& known) {
  known.ids.insert(node.id);
  const Json* tags = node.spec.find("tags");
  if (tags == nullptr || tags->if_array() == nullptr) return;
  for (const Json& tag : *tags->if_array())
    if (const std::string* word = tag.if_string()) known.by_tag[*word].insert(node.id);
}

}  // namespace

Known known_in(const plan::Plan& plan) {
  Known known;
  for (const plan::CommandPlan& node : plan.nodes) add(node, known);
  return known;
}

Known known_in(const change::Applied& applied) {
  Known known;
  for (const auto& [id, node] : applied) add(node.node, known);
  return known;
}

Ids ids_of_lock(const os::FileSystem& files, const std::string& lock_path) {
  constexpr std::size_t kMaxLockSize = 256U << 20U;
  Ids ids;
  Result<std::string> text = files.read(lock_path, kMaxLockSize);
  Result<plan::LockFile> lock = text ? plan::read_lock(*text) : tl::unexpected(text.error());
  if (!lock) return ids;
  for (const auto& [id, key] : lock->nodes) ids.insert(id);
  return ids;
}

std::optional<Ids> select_targets(Context& context, const std::vector<std::string>& words,
                                  const Known& known) {
  Ids selected;
  for (const std::string& word : words) {
    std::optional<Ids> found =
        word.starts_with(kTag) ? tagged(context, word, known) : matching(context, word, known.ids);
    if (!found) return std::nullopt;
    selected.insert(found->begin(), found->end());
  }
  return selected;
}

}  // namespace vmplan::cli
