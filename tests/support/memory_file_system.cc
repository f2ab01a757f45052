// SPDX-License-Identifier: Apache-2.0
#include "tests/support/memory_file_system.h"

#include <fmt/format.h>

#include <algorithm>

namespace vmplan::test {
namespace {

using os::FileKind;

constexpr int kMaxLinks = 40;

std::string parent_of(const std::string& absolute) {
  std::size_t slash = absolute.rfind('/');
  return slash == 0 ? "/" : absolute.substr(0, slash);
}

Error not_found(std::string_view path) {
  return Error{ErrorKind::NotFound, fmt::format("`{}`: No such file or directory", path)};
}
Error interrupted(std::string_view path) {
  return Error{ErrorKind::Interrupted, fmt::format("`{}`: interrupted", path)};
}
Error denied(std::string_view path) {
  return Error{ErrorKind::Denied, fmt::format("`{}` leaves the lab and its allowed places", path)};
}

}  // namespace

MemoryFileSystem::MemoryFileSystem(const std::vector<std::string>& allowed)
    : places_("/lab", allowed) {
  for (const std::string& place : places_.places()) {
    make_parents(place);
    make(place, FileKind::Directory, "", 0755);
  }
}

MemoryFileSystem::Node& MemoryFileSystem::make(const std::string& absolute, FileKind kind,
                                               std::string_view bytes, std::uint32_t mode) {
  Node& node = nodes_[absolute];
  now_ns_ += 1'000'000;
  node = Node{kind, std::string(bytes), mode, next_inode_++, now_ns_, now_ns_};
  return node;
}

void MemoryFileSystem::make_parents(const std::string& absolute) {
  if (absolute == "/") return;
  const std::string parent = parent_of(absolute);
  if (nodes_.contains(parent)) return;
  make_parents(parent);
  make(parent, FileKind::Directory, "", 0755);
}

void MemoryFileSystem::put(std::string_view path, std::string_view bytes, std::uint32_t mode) {
  std::lock_guard lock(mutex_);
  const std::string absolute = os::normalised(places_.root(), path);
  make_parents(absolute);
  make(absolute, FileKind::Regular, bytes, mode);
}

void MemoryFileSystem::put_directory(std::string_view path, std::uint32_t mode) {
  std::lock_guard lock(mutex_);
  const std::string absolute = os::normalised(places_.root(), path);
  make_parents(absolute);
  make(absolute, FileKind::Directory, "", mode);
}

void MemoryFileSystem::put_symlink(std::string_view path, std::string_view target) {
  std::lock_guard lock(mutex_);
  const std::string absolute = os::normalised(places_.root(), path);
  make_parents(absolute);
  make(absolute, FileKind::Symlink, target, 0777);
}

void MemoryFileSystem::put_socket(std::string_view path) {
  std::lock_guard lock(mutex_);
  const std::string absolute = os::normalised(places_.root(), path);
  make_parents(absolute);
  make(absolute, FileKind::Socket, "", 0600);
}

void MemoryFileSystem::put_other(std::string_view path) {
  std::lock_guard lock(mutex_);
  const std::string absolute = os::normalised(places_.root(), path);
  make_parents(absolute);
  make(absolute, FileKind::Other, "", 0600);
}

void MemoryFileSystem::set_inode(std::string_view path, std::uint64_t inode) {
  std::lock_guard lock(mutex_);
  nodes_.at(os::normalised(places_.root(), path)).inode = inode;
}

void MemoryFileSystem::forget_births() { knows_births_ = false; }

bool MemoryFileSystem::exists(std::string_view path) const {
  std::lock_guard lock(mutex_);
  return nodes_.contains(os::normalised(places_.root(), path));
}

std::optional<std::string> MemoryFileSystem::bytes(std::string_view path) const {
  std::lock_guard lock(mutex_);
  auto it = nodes_.find(os::normalised(places_.root(), path));
  if (it == nodes_.end() || it->second.kind != FileKind::Regular) return std::nullopt;
  return it->second.bytes;
}

std::vector<std::string> MemoryFileSystem::everything() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [path, node] : nodes_)
    if (node.kind != FileKind::Directory) out.push_back(path);
  return out;
}

std::vector<Access> MemoryFileSystem::diary() const {
  std::lock_guard lock(mutex_);
  return diary_;
}

void MemoryFileSystem::clear_diary() {
  std::lock_guard lock(mutex_);
  diary_.clear();
}

void MemoryFileSystem::note(std::string_view call, std::string_view path) const {
  diary_.push_back(Access{std::string(call), std::string(path)});
}

Result<std::string> MemoryFileSystem::resolve(std::string_view path, Final final_link) const {
  if (!places_.locate(path)) return fail(denied(path));
  std::string todo = os::normalised(places_.root(), path).substr(1);
  std::string done = "/";
  int links = 0;
  while (!todo.empty()) {
    std::size_t slash = todo.find('/');
    const std::string segment = todo.substr(0, slash);
    const bool last = slash == std::string::npos;
    todo = last ? "" : todo.substr(slash + 1);
    const std::string next = os::normalised(done, segment);
    auto it = nodes_.find(next);
    if (it != nodes_.end() && it->second.kind == FileKind::Symlink &&
        (!last || final_link == Final::Follow)) {
      if (++links > kMaxLinks)
        return fail(ErrorKind::Denied,
                    fmt::format("`{}`: Too many levels of symbolic links", path));
      const std::string target = os::normalised(done, it->second.bytes);
      todo = target.substr(1) + (todo.empty() ? "" : "/" + todo);
      done = "/";
      continue;
    }
    if (it != nodes_.end() && !last && it->second.kind != FileKind::Directory)
      return fail(not_found(path));
    done = next;
  }
  if (!places_.locate(done)) return fail(denied(path));
  return done;
}

Result<std::string> MemoryFileSystem::entry(std::string_view path) const {
  Result<std::string> absolute = resolve(path, Final::Keep);
  if (!absolute) return absolute;
  if (std::ranges::find(places_.places(), *absolute) != places_.places().end())
    return fail(ErrorKind::Refused, fmt::format("`{}` is no entry of the lab", path));
  auto parent = nodes_.find(parent_of(*absolute));
  if (parent == nodes_.end() || parent->second.kind != FileKind::Directory)
    return fail(not_found(path));
  return absolute;
}

Result<const MemoryFileSystem::Node*> MemoryFileSystem::regular(std::string_view path) const {
  Result<std::string> absolute = resolve(path, Final::Follow);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it == nodes_.end()) return fail(not_found(path));
  if (it->second.kind != FileKind::Regular)
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
  return &it->second;
}

bool MemoryFileSystem::has_children(const std::string& absolute) const {
  auto it = nodes_.upper_bound(absolute + "/");
  return it != nodes_.end() && it->first.starts_with(absolute + "/");
}

Result<os::FileInfo> MemoryFileSystem::stat(std::string_view path) const {
  std::lock_guard lock(mutex_);
  note("stat", path);
  Result<std::string> absolute = resolve(path, Final::Keep);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it == nodes_.end()) return fail(not_found(path));
  const Node& node = it->second;
  return os::FileInfo{.kind = node.kind,
                      .size = static_cast<std::int64_t>(node.bytes.size()),
                      .mtime_ns = node.time_ns,
                      .ctime_ns = node.time_ns,
                      .birth_ns = knows_births_ ? node.birth_ns : 0,
                      .inode = node.inode,
                      .device = 1,
                      .mode = node.mode};
}

Result<std::string> MemoryFileSystem::read(std::string_view path, std::size_t limit) const {
  std::lock_guard lock(mutex_);
  note("read", path);
  Result<const Node*> node = regular(path);
  if (!node) return fail(node.error());
  if ((*node)->bytes.size() > limit)
    return fail(ErrorKind::Refused, fmt::format("`{}` is larger than {} bytes", path, limit));
  return (*node)->bytes;
}

Result<std::string> MemoryFileSystem::read_part(std::string_view path, std::int64_t offset,
                                                std::size_t count) const {
  std::lock_guard lock(mutex_);
  note("read_part", path);
  Result<const Node*> node = regular(path);
  if (!node) return fail(node.error());
  const std::string& bytes = (*node)->bytes;
  return bytes.substr(std::min(bytes.size(), static_cast<std::size_t>(offset)), count);
}

Result<std::vector<std::string>> MemoryFileSystem::list(std::string_view directory) const {
  std::lock_guard lock(mutex_);
  note("list", directory);
  Result<std::string> absolute = resolve(directory, Final::Follow);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it == nodes_.end() || it->second.kind != FileKind::Directory)
    return fail(not_found(directory));
  std::vector<std::string> names;
  for (const auto& [path, node] : nodes_)
    if (path != *absolute && parent_of(path) == *absolute)
      names.push_back(path.substr(path.rfind('/') + 1));
  std::ranges::sort(names);
  return names;
}

Result<Digest> MemoryFileSystem::digest(std::string_view path, const os::Cancel& cancel) const {
  std::lock_guard lock(mutex_);
  note("digest", path);
  if (cancel.is_kill()) return fail(interrupted(path));
  Result<const Node*> node = regular(path);
  if (!node) return fail(node.error());
  return sha256((*node)->bytes);
}

Status MemoryFileSystem::make_directories(std::string_view path, std::uint32_t mode) {
  std::lock_guard lock(mutex_);
  note("make_directories", path);
  Result<std::string> absolute = resolve(path, Final::Follow);
  if (!absolute && absolute.error().kind == ErrorKind::NotFound)
    return fail(ErrorKind::Exists,
                fmt::format("`{}`: a file is in the way of the directory", path));
  if (!absolute) return fail(absolute.error());
  std::vector<std::string> missing;
  for (std::string at = *absolute; at != "/"; at = parent_of(at)) {
    auto it = nodes_.find(at);
    if (it == nodes_.end()) {
      missing.push_back(at);
    } else if (it->second.kind != FileKind::Directory) {
      return fail(ErrorKind::Exists,
                  fmt::format("`{}`: a file is in the way of the directory", path));
    } else {
      break;
    }
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at)
    make(*at, FileKind::Directory, "", mode);
  return {};
}

Status MemoryFileSystem::write_atomic(std::string_view path, std::string_view bytes,
                                      std::uint32_t mode) {
  std::lock_guard lock(mutex_);
  note("write_atomic", path);
  Result<std::string> absolute = entry(path);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it != nodes_.end() && it->second.kind == FileKind::Directory)
    return fail(ErrorKind::Io, fmt::format("cannot replace `{}`: Is a directory", path));
  make(*absolute, FileKind::Regular, bytes, mode);
  return {};
}

Status MemoryFileSystem::append(std::string_view path, std::string_view bytes) {
  std::lock_guard lock(mutex_);
  note("append", path);
  Result<std::string> absolute = entry(path);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it == nodes_.end()) {
    make(*absolute, FileKind::Regular, bytes, 0600);
    return {};
  }
  if (it->second.kind != FileKind::Regular)
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
  it->second.bytes += bytes;
  it->second.time_ns = ++now_ns_;
  return {};
}

Status MemoryFileSystem::set_mode(std::string_view path, std::uint32_t mode) {
  std::lock_guard lock(mutex_);
  note("set_mode", path);
  Result<std::string> absolute = entry(path);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it == nodes_.end()) return fail(not_found(path));
  if (it->second.kind != FileKind::Regular)
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
  it->second.mode = mode;
  return {};
}

Status MemoryFileSystem::copy(std::string_view from, std::string_view to, std::uint32_t mode,
                              const os::Cancel& cancel) {
  std::lock_guard lock(mutex_);
  note("copy", fmt::format("{} -> {}", from, to));
  Result<const Node*> source = regular(from);
  if (!source) return fail(source.error());
  Result<std::string> target = entry(to);
  if (!target) return fail(target.error());
  auto it = nodes_.find(*target);
  if (it != nodes_.end() && it->second.kind == FileKind::Directory)
    return fail(ErrorKind::Io, fmt::format("cannot replace `{}`: Is a directory", to));
  if (it != nodes_.end() && &it->second == *source)
    return fail(ErrorKind::Refused, fmt::format("`{}` and `{}` are the same file", from, to));
  const std::string bytes = (*source)->bytes;
  if (cancel.is_kill()) {
    nodes_.erase(*target);
    return fail(interrupted(to));
  }
  make(*target, FileKind::Regular, bytes, mode);
  return {};
}

Status MemoryFileSystem::publish(std::string_view from, std::string_view to) {
  std::lock_guard lock(mutex_);
  note("publish", fmt::format("{} -> {}", from, to));
  Result<std::string> source = entry(from);
  if (!source) return fail(source.error());
  auto it = nodes_.find(*source);
  if (it == nodes_.end()) return fail(not_found(from));
  if (it->second.kind != FileKind::Regular)
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", from));
  Result<std::string> target = entry(to);
  if (!target) return fail(target.error());
  if (nodes_.contains(*target))
    return fail(ErrorKind::Exists, fmt::format("cannot publish as `{}`: File exists", to));
  Node moved = it->second;
  nodes_.erase(it);
  nodes_.emplace(*target, std::move(moved));
  return {};
}

Status MemoryFileSystem::remove(std::string_view path) {
  std::lock_guard lock(mutex_);
  note("remove", path);
  Result<std::string> absolute = entry(path);
  if (!absolute) return fail(absolute.error());
  auto it = nodes_.find(*absolute);
  if (it == nodes_.end()) return fail(not_found(path));
  if (it->second.kind == FileKind::Directory && has_children(*absolute))
    return fail(ErrorKind::Io, fmt::format("cannot remove `{}`: Directory not empty", path));
  nodes_.erase(it);
  return {};
}

Status MemoryFileSystem::remove_tree(std::string_view path) {
  std::lock_guard lock(mutex_);
  note("remove_tree", path);
  Result<std::string> absolute = entry(path);
  if (!absolute) return fail(absolute.error());
  if (nodes_.erase(*absolute) == 0) return fail(not_found(path));
  std::erase_if(nodes_, [&](const auto& node) { return node.first.starts_with(*absolute + "/"); });
  return {};
}

Status MemoryFileSystem::check_beneath(std::string_view path) const {
  std::lock_guard lock(mutex_);
  note("check_beneath", path);
  Result<std::string> absolute = resolve(path, Final::Follow);
  if (!absolute) return fail(absolute.error());
  return {};
}

Result<std::string> MemoryFileSystem::real_path(std::string_view path) const {
  std::lock_guard lock(mutex_);
  note("real_path", path);
  Result<std::string> absolute = resolve(path, Final::Follow);
  if (absolute && !nodes_.contains(*absolute)) return fail(not_found(path));
  return absolute;
}

}  // namespace vmplan::test
