// SPDX-License-Identifier: Apache-2.0
#include "cli/targets.h"

#include <fmt/format.h>

#include "compiler/base/text.h"
#include "compiler/plan/lock_file.h"

namespace vmplan::cli {
namespace {

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

Ids matching(std::string_view word, const Ids& known) {
  Ids found;
  if (known.contains(word)) return {std::string(word)};
  for (const std::string& id : known)
    if (selects(word, id)) found.insert(id);
  return found;
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

}  // namespace

Ids ids_of(const plan::Plan& plan) {
  Ids ids;
  for (const plan::CommandPlan& node : plan.nodes) ids.insert(node.id);
  return ids;
}

Ids ids_of(const change::Applied& applied) {
  Ids ids;
  for (const auto& [id, node] : applied) ids.insert(id);
  return ids;
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
                                  const Ids& known) {
  Ids selected;
  for (const std::string& word : words) {
    Ids found = matching(word, known);
    if (found.empty()) {
      context.terminal.error(unknown_target(word, known));
      return std::nullopt;
    }
    selected.insert(found.begin(), found.end());
  }
  return selected;
}

}  // namespace vmplan::cli
