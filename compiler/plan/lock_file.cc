// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/lock_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/text.h"
#include "compiler/plan/verify.h"

namespace vmplan::plan {
namespace {

constexpr std::string_view kFirstLine = "# vmplan lock 1";

using Digests = std::map<std::string, Digest, std::less<>>;

tl::unexpected<Error> bad_line(std::size_t number, std::string_view why) {
  return fail(
      ErrorKind::Corrupt,
      fmt::format("line {}: {}; delete the lock file or run `vmplan build` to write it anew",
                  number, why));
}

/// Splits "<digest> <rest>" or "<rest> <digest>".
bool read_pair(std::string_view text, bool digest_first, Digests& into) {
  std::size_t space = digest_first ? text.find(' ') : text.rfind(' ');
  if (space == std::string_view::npos) return false;
  std::string_view left = text.substr(0, space);
  std::string_view right = text.substr(space + 1);
  std::optional<Digest> digest = Digest::parse(digest_first ? left : right);
  std::string_view name = digest_first ? right : left;
  return digest && !name.empty() && into.emplace(name, *digest).second;
}

bool read_line(std::string_view line, LockFile& lock) {
  if (line.starts_with("input ")) return read_pair(line.substr(6), true, lock.inputs);
  if (line.starts_with("output ")) return read_pair(line.substr(7), false, lock.outputs);
  if (line.starts_with("platform ")) {
    Digests platform;
    if (!lock.platform.empty() || !read_pair(line.substr(9), false, platform)) return false;
    lock.platform = platform.begin()->first;
    lock.platform_digest = platform.begin()->second;
    return true;
  }
  Digests node;
  if (!read_pair(line, false, node) || !is_node_id(node.begin()->first)) return false;
  return lock.nodes.insert(*node.begin()).second;
}

void append_differences(std::string_view group, const Digests& before, const Digests& after,
                        std::vector<std::string>& out) {
  for (const auto& [name, digest] : before) {
    auto now = after.find(name);
    if (now == after.end()) {
      out.push_back(fmt::format("- {}{} {}", group, name, digest.text()));
    } else if (now->second != digest) {
      out.push_back(fmt::format("~ {}{} {} -> {}", group, name, digest.text(), now->second.text()));
    }
  }
  for (const auto& [name, digest] : after)
    if (!before.contains(name)) out.push_back(fmt::format("+ {}{} {}", group, name, digest.text()));
}

}  // namespace

std::string write_lock(const LockFile& lock) {
  std::string out =
      fmt::format("{}\nplatform {} {}\n", kFirstLine, lock.platform, lock.platform_digest.text());
  // The group is sorted as lines, and an input's line starts with its digest.
  std::vector<std::string> inputs;
  for (const auto& [path, digest] : lock.inputs)
    inputs.push_back(fmt::format("input {} {}\n", digest.text(), path));
  std::sort(inputs.begin(), inputs.end());
  for (const std::string& line : inputs) out += line;
  for (const auto& [id, digest] : lock.outputs)
    out += fmt::format("output {} {}\n", id, digest.text());
  for (const auto& [id, key] : lock.nodes) {
    out += id;
    out += ' ';
    out += key.text();
    out += '\n';
  }
  return out;
}

Result<LockFile> read_lock(std::string_view text) {
  LockFile lock;
  std::size_t number = 0;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    if (end == std::string_view::npos)
      return bad_line(number + 1, "the file was cut: its last line has no line feed");
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number;
    if (line.starts_with("<<<<<<<") || line.starts_with("=======") || line.starts_with(">>>>>>>"))
      return bad_line(number, "a merge conflict");
    if (number == 1) {
      if (line != kFirstLine) return bad_line(number, fmt::format("expected `{}`", kFirstLine));
    } else if (!read_line(line, lock)) {
      return bad_line(number, "this is no line of a lock file, or it occurs twice");
    }
  }
  if (number == 0) return bad_line(1, "the file is empty");
  if (lock.platform.empty()) return bad_line(number + 1, "no line names the platform");
  return lock;
}

std::vector<std::string> lock_differences(const LockFile& before, const LockFile& after) {
  std::vector<std::string> out;
  if (before.platform != after.platform || before.platform_digest != after.platform_digest)
    out.push_back(fmt::format("~ platform {} -> {}", before.platform, after.platform));
  append_differences("input ", before.inputs, after.inputs, out);
  append_differences("output ", before.outputs, after.outputs, out);
  append_differences("", before.nodes, after.nodes, out);
  return out;
}

}  // namespace vmplan::plan
