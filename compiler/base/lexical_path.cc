// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/lexical_path.h"

#include <algorithm>
#include <vector>

#include "compiler/base/text.h"

namespace vmplan {
namespace {

/// How many `..` a path in normal form begins with.
std::size_t leading_ups(std::string_view path) {
  std::size_t ups = 0;
  while (path == ".." || path.starts_with("../")) {
    ++ups;
    path.remove_prefix(std::min<std::size_t>(3, path.size()));
  }
  return ups;
}

}  // namespace

std::string normal_path(std::string_view path) {
  bool absolute = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (std::string_view segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (!kept.empty() && kept.back() != "..") {
        kept.pop_back();
        continue;
      }
      if (absolute) continue;  // "/.." is "/"
    }
    kept.push_back(segment);
  }
  std::string joined = join(kept, "/");
  if (absolute) return "/" + joined;
  return joined.empty() ? "." : joined;
}

bool is_beneath(std::string_view path) {
  return !path.starts_with('/') && path != ".." && !path.starts_with("../");
}

bool is_within(std::string_view path, std::string_view root) {
  if (path == root) return true;
  if (root == "/") return path.starts_with('/');
  std::size_t ups = leading_ups(root);
  // A root that only goes up ("..", or "." for not at all) holds every path that goes up no
  // further.
  if (root == "." || root.size() + 1 == 3 * ups)
    return !path.starts_with('/') && leading_ups(path) <= ups;
  return path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
}

bool is_allowed_path(std::string_view path, std::span<const std::string> allowed) {
  std::string normal = normal_path(path);
  if (is_beneath(normal)) return true;
  for (const std::string& place : allowed)
    if (is_within(normal, normal_path(place))) return true;
  return false;
}

std::string_view directory_of(std::string_view path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? path.substr(0, 1) : path.substr(0, slash);
}

std::string_view base_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string relative_to(std::string_view path, std::string_view from) {
  std::vector<std::string_view> target = split(path, '/');
  std::vector<std::string_view> base;
  if (from != ".") base = split(from, '/');
  std::size_t shared = 0;
  while (shared < base.size() && shared + 1 < target.size() && base[shared] == target[shared])
    ++shared;
  std::string out;
  for (std::size_t i = shared; i < base.size(); ++i) out += "../";
  for (std::size_t i = shared; i < target.size(); ++i) {
    if (i > shared) out += '/';
    out += target[i];
  }
  return out;
}

}  // namespace vmplan
