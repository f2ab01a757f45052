// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/digest_cache.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "compiler/base/text.h"

namespace vmplan::store {
namespace {

constexpr std::string_view kFirstLine = "# vmplan digests 2\n";
constexpr std::size_t kMaxSize = 64U << 20U;
/// File times tick in steps of a few milliseconds: a file that changed this shortly before the
/// cache was written may have changed again within the same tick, so its entry is not believed.
constexpr std::int64_t kTickNs = 50'000'000;

template <class Number>
bool read_number(std::string_view text, Number& number) {
  auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

bool same_file(const os::FileInfo& a, const os::FileInfo& b) {
  return a.kind == b.kind && a.size == b.size && a.mtime_ns == b.mtime_ns &&
         a.ctime_ns == b.ctime_ns && a.inode == b.inode && a.device == b.device;
}

/// The lines of a cache file without its last one, which is the digest of all before it; nullopt
/// when that does not fit: a flipped bit must not become a digest that the lock file states.
std::optional<std::string_view> checked_lines(std::string_view text) {
  if (!text.starts_with(kFirstLine) || !text.ends_with('\n')) return std::nullopt;
  const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
  if (text.substr(last) != sha256(text.substr(0, last)).text() + "\n") return std::nullopt;
  return text.substr(0, last).substr(kFirstLine.size());
}

}  // namespace

DigestCache::DigestCache(os::FileSystem& files, std::string path)
    : files_(files), path_(std::move(path)) {
  load();
}

void DigestCache::load() {
  if (path_.empty()) return;
  Result<os::FileInfo> cache_info = files_.stat(path_);
  Result<std::string> text = files_.read(path_, kMaxSize);
  std::optional<std::string_view> rest = cache_info && text ? checked_lines(*text) : std::nullopt;
  while (rest && !rest->empty()) {
    const std::size_t end = rest->find('\n');
    std::string_view line = rest->substr(0, end);
    rest->remove_prefix(end + 1);
    // "<digest> <size> <mtime> <ctime> <inode> <device> <path>"; the path may hold spaces.
    std::array<std::string_view, 6> fields;
    for (std::string_view& field : fields) {
      std::size_t space = line.find(' ');
      if (space == std::string_view::npos) return;
      field = line.substr(0, space);
      line.remove_prefix(space + 1);
    }
    std::optional<Digest> digest = Digest::parse(fields[0]);
    os::FileInfo info;
    if (!digest || !read_number(fields[1], info.size) || !read_number(fields[2], info.mtime_ns) ||
        !read_number(fields[3], info.ctime_ns) || !read_number(fields[4], info.inode) ||
        !read_number(fields[5], info.device))
      return;
    if (info.ctime_ns + kTickNs < cache_info->mtime_ns)
      entries_.emplace(line, Entry{info, *digest});
  }
}

Result<Digest> DigestCache::digest(std::string_view file, const os::Cancel& cancel) {
  Result<os::FileInfo> info = files_.stat(file);
  if (!info) return fail(std::move(info.error()));
  {
    std::lock_guard lock(mutex_);
    auto known = entries_.find(file);
    if (known != entries_.end() && same_file(known->second.info, *info))
      return known->second.digest;
  }
  Result<Digest> digest = files_.digest(file, cancel);
  if (!digest) return digest;
  Result<os::FileInfo> after = files_.stat(file);
  if (!after) return fail(std::move(after.error()));
  // Changed while it was read: the digest is right for nobody.
  if (!same_file(*info, *after))
    return fail(ErrorKind::Busy, fmt::format("`{}` was changed while it was read", file));
  if (info->kind != os::FileKind::Regular) return digest;
  std::lock_guard lock(mutex_);
  entries_[std::string(file)] = Entry{*info, *digest};
  changed_ = true;
  return digest;
}

Status DigestCache::verify(std::string_view file, const Digest& expected,
                           const os::Cancel& cancel) {
  Result<Digest> found = digest(file, cancel);
  if (!found) return fail(std::move(found.error()));
  if (*found == expected) return {};
  return fail(ErrorKind::Corrupt,
              fmt::format("`{}` is not what the plan was built for: it has {}, the plan says {}",
                          file, found->text(), expected.text()));
}

Status DigestCache::save() {
  std::lock_guard lock(mutex_);
  if (!changed_ || path_.empty()) return {};
  std::string text(kFirstLine);
  for (const auto& [path, entry] : entries_) {
    if (path.find('\n') != std::string::npos) continue;
    fmt::format_to(std::back_inserter(text), "{} {} {} {} {} {} {}\n", entry.digest.text(),
                   entry.info.size, entry.info.mtime_ns, entry.info.ctime_ns, entry.info.inode,
                   entry.info.device, path);
  }
  text += sha256(text).text() + "\n";
  Status written = files_.write_atomic(path_, text, 0600);
  if (written) changed_ = false;
  return written;
}

std::string digest_cache_path(std::string_view state_dir) {
  return fmt::format("{}/cache/digests", state_dir);
}

}  // namespace vmplan::store
