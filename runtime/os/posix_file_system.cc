// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "runtime/os/durable_file.h"
#include "runtime/os/file_copy.h"
#include "runtime/os/remove_tree.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

constexpr std::size_t kDigestBlock = std::size_t{1} << 20U;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::int64_t nanoseconds(const struct statx_timestamp& time) {
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

FileKind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::Regular;
  if (S_ISDIR(mode)) return FileKind::Directory;
  if (S_ISLNK(mode)) return FileKind::Symlink;
  if (S_ISSOCK(mode)) return FileKind::Socket;
  return FileKind::Other;
}

/// A regular file open for reading, with what fstat says. O_NONBLOCK: a FIFO must not make us wait.
struct OpenFile {
  UniqueFd fd;
  struct ::stat info {};
};
Result<OpenFile> open_regular(const LabRoot& root, std::string_view path, int extra_flags = 0) {
  Result<UniqueFd> fd = root.open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | extra_flags);
  if (!fd) {
    // A socket answers open() with ENXIO.
    Result<UniqueFd> peek = root.open_file(path, O_PATH | extra_flags);
    struct ::stat info {};
    if (peek && ::fstat(peek->get(), &info) == 0 && !S_ISREG(info.st_mode))
      return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
    return fail(fd.error());
  }
  OpenFile file{std::move(*fd), {}};
  if (::fstat(file.fd.get(), &file.info) != 0)
    return fail(system_error(fmt::format("cannot stat `{}`", path), errno));
  if (!S_ISREG(file.info.st_mode))
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
  return file;
}

/// A regular file that is no symbolic link, open with `flags`; O_CREAT makes it with mode 0600.
Result<OpenFile> open_own(const LabRoot& root, std::string_view path, int flags) {
  Result<LabRoot::Entry> entry = root.open_entry(path);
  if (!entry) return fail(entry.error());
  constexpr int kNoWaiting = O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC;
  OpenFile file{UniqueFd(::openat(entry->directory.get(), entry->name.c_str(), flags | kNoWaiting,
                                  mode_t{0600})),
                {}};
  if (!file.fd && (errno == ELOOP || errno == ENXIO || errno == EISDIR))
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
  if (!file.fd) return fail(system_error(fmt::format("cannot open `{}`", path), errno));
  if (::fstat(file.fd.get(), &file.info) != 0)
    return fail(system_error(fmt::format("cannot stat `{}`", path), errno));
  if (!S_ISREG(file.info.st_mode))
    return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", path));
  return file;
}

Error too_large(std::string_view path, std::size_t limit) {
  return Error{ErrorKind::Refused, fmt::format("`{}` is larger than {} bytes", path, limit)};
}

}  // namespace

Result<FileInfo> PosixFileSystem::stat(std::string_view path) const {
  Result<UniqueFd> fd = root_.open_file(path, O_PATH | O_NOFOLLOW);
  if (!fd) return fail(fd.error());
  struct ::statx info {};
  if (::statx(fd->get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &info) != 0)
    return fail(system_error(fmt::format("cannot stat `{}`", path), errno));
  const bool knows_birth = (info.stx_mask & STATX_BTIME) != 0;
  return FileInfo{.kind = kind_of_mode(info.stx_mode),
                  .size = static_cast<std::int64_t>(info.stx_size),
                  .mtime_ns = nanoseconds(info.stx_mtime),
                  .ctime_ns = nanoseconds(info.stx_ctime),
                  .birth_ns = knows_birth ? nanoseconds(info.stx_btime) : 0,
                  .inode = info.stx_ino,
                  .device = makedev(info.stx_dev_major, info.stx_dev_minor),
                  .mode = info.stx_mode & 07777U};
}

Result<std::string> PosixFileSystem::read(std::string_view path, std::size_t limit) const {
  Result<OpenFile> file = open_regular(root_, path);
  if (!file) return fail(file.error());
  if (static_cast<std::uint64_t>(file->info.st_size) > limit) return fail(too_large(path, limit));
  std::string bytes(static_cast<std::size_t>(file->info.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    ssize_t count = retry_eintr(
        [&] { return ::read(file->fd.get(), bytes.data() + have, bytes.size() - have); });
    if (count < 0) return fail(system_error(fmt::format("cannot read `{}`", path), errno));
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  // A file that grows meanwhile is read to its end or refused, not cut. The end is looked for in a
  // buffer of its own: most texts are kept, and must not keep room for what does not come.
  std::array<char, 4096> more{};
  while (true) {
    ssize_t count = retry_eintr([&] { return ::read(file->fd.get(), more.data(), more.size()); });
    if (count < 0) return fail(system_error(fmt::format("cannot read `{}`", path), errno));
    if (count == 0) return bytes;
    bytes.append(more.data(), static_cast<std::size_t>(count));
    if (bytes.size() > limit) return fail(too_large(path, limit));
  }
}

Result<std::string> PosixFileSystem::read_part(std::string_view path, std::int64_t offset,
                                               std::size_t count) const {
  Result<OpenFile> file = open_regular(root_, path);
  if (!file) return fail(file.error());
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    ssize_t more = retry_eintr([&] {
      return ::pread(file->fd.get(), bytes.data() + have, count - have,
                     offset + static_cast<std::int64_t>(have));
    });
    if (more < 0) return fail(system_error(fmt::format("cannot read `{}`", path), errno));
    if (more == 0) break;
    have += static_cast<std::size_t>(more);
  }
  bytes.resize(have);
  return bytes;
}

Result<std::vector<std::string>> PosixFileSystem::list(std::string_view directory) const {
  Result<UniqueFd> fd = root_.open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!fd) return fail(fd.error());
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd->get()), &::closedir);
  if (!stream) return fail(system_error(fmt::format("cannot list `{}`", directory), errno));
  fd->release();  // the stream closes it
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return fail(system_error(fmt::format("cannot list `{}`", directory), errno));
  std::ranges::sort(names);
  return names;
}

Result<Digest> PosixFileSystem::digest(std::string_view path, const Cancel& cancel) const {
  Result<OpenFile> file = open_regular(root_, path);
  if (!file) return fail(file.error());
  ::posix_fadvise(file->fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  Sha256 hash;
  std::string block(kDigestBlock, '\0');
  while (true) {
    if (cancel.is_kill())
      return fail(ErrorKind::Interrupted, fmt::format("reading `{}` was interrupted", path));
    ssize_t count = retry_eintr([&] { return ::read(file->fd.get(), block.data(), block.size()); });
    if (count < 0) return fail(system_error(fmt::format("cannot read `{}`", path), errno));
    if (count == 0) return hash.finish();
    hash.update(std::string_view(block.data(), static_cast<std::size_t>(count)));
  }
}

Status PosixFileSystem::make_directories(std::string_view path, std::uint32_t mode) {
  return root_.make_directories(path, mode);
}

Status PosixFileSystem::write_atomic(std::string_view path, std::string_view bytes,
                                     std::uint32_t mode) {
  Result<LabRoot::Entry> entry = root_.open_entry(path);
  if (!entry) return fail(entry.error());
  return replace_file(entry->directory.get(), entry->name, bytes, mode, path);
}

Status PosixFileSystem::append(std::string_view path, std::string_view bytes) {
  Result<OpenFile> file = open_own(root_, path, O_WRONLY | O_APPEND | O_CREAT);
  if (!file) return fail(file.error());
  while (!bytes.empty()) {
    const ssize_t count =
        retry_eintr([&] { return ::write(file->fd.get(), bytes.data(), bytes.size()); });
    if (count < 0) return fail(system_error(fmt::format("cannot write `{}`", path), errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status PosixFileSystem::set_mode(std::string_view path, std::uint32_t mode) {
  Result<OpenFile> file = open_own(root_, path, O_RDONLY);
  if (!file) return fail(file.error());
  if (::fchmod(file->fd.get(), mode) != 0)
    return fail(system_error(fmt::format("cannot set the mode of `{}`", path), errno));
  return {};
}

Status PosixFileSystem::copy(std::string_view from, std::string_view to, std::uint32_t mode,
                             const Cancel& cancel) {
  Result<OpenFile> source = open_regular(root_, from);
  if (!source) return fail(source.error());
  Result<LabRoot::Entry> entry = root_.open_entry(to);
  if (!entry) return fail(entry.error());
  const int directory = entry->directory.get();
  const char* name = entry->name.c_str();

  struct ::stat there {};
  if (::fstatat(directory, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
      there.st_ino == source->info.st_ino && there.st_dev == source->info.st_dev)
    return fail(ErrorKind::Refused, fmt::format("`{}` and `{}` are the same file", from, to));
  // The old file is unlinked, not written into: it may have other names, or be a symbolic link.
  if (::unlinkat(directory, name, 0) != 0 && errno != ENOENT)
    return fail(system_error(fmt::format("cannot replace `{}`", to), errno));
  UniqueFd target(
      ::openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!target) return fail(system_error(fmt::format("cannot make `{}`", to), errno));

  Status copied = copy_bytes(source->fd.get(), target.get(), to, cancel);
  if (copied && ::fchmod(target.get(), mode) != 0)
    copied = fail(system_error(fmt::format("cannot set the mode of `{}`", to), errno));
  if (copied) copied = sync_file(target.get(), to);
  if (copied) return sync_file(directory, to);
  ::unlinkat(directory, name, 0);
  return copied;
}

Status PosixFileSystem::publish(std::string_view from, std::string_view to) {
  Result<OpenFile> file = open_regular(root_, from, O_NOFOLLOW);
  if (!file) return fail(file.error());
  if (Status synced = sync_file(file->fd.get(), from); !synced) return synced;
  Result<LabRoot::Entry> source = root_.open_entry(from);
  if (!source) return fail(source.error());
  Result<LabRoot::Entry> target = root_.open_entry(to);
  if (!target) return fail(target.error());
  const int source_directory = source->directory.get();
  const int target_directory = target->directory.get();
  if (Status moved = rename_new(source_directory, source->name, target_directory, target->name, to);
      !moved)
    return moved;
  if (Status synced = sync_file(target_directory, to); !synced) return synced;
  return sync_file(source_directory, from);
}

Status PosixFileSystem::remove(std::string_view path) {
  Result<LabRoot::Entry> entry = root_.open_entry(path);
  if (!entry) return fail(entry.error());
  const int directory = entry->directory.get();
  int result = ::unlinkat(directory, entry->name.c_str(), 0);
  if (result != 0 && errno == EISDIR)
    result = ::unlinkat(directory, entry->name.c_str(), AT_REMOVEDIR);
  if (result != 0) return fail(system_error(fmt::format("cannot remove `{}`", path), errno));
  return sync_file(directory, path);
}

Status PosixFileSystem::remove_tree(std::string_view path) {
  Result<LabRoot::Entry> entry = root_.open_entry(path);
  if (!entry) return fail(entry.error());
  const int directory = entry->directory.get();
  if (Status removed = os::remove_tree(directory, entry->name, path); !removed) return removed;
  return sync_file(directory, path);
}

Status PosixFileSystem::check_beneath(std::string_view path) const {
  Result<UniqueFd> fd = root_.open_file(path, O_PATH);
  std::string at = normalised(root_.path(), path);
  while (true) {
    if (fd) return {};
    if (fd.error().kind != ErrorKind::NotFound) return fail(fd.error());
    const std::size_t slash = at.rfind('/');
    if (at == root_.path() || slash == std::string::npos || slash == 0) return {};
    at.resize(slash);
    fd = root_.open_file(at, O_PATH);
  }
}

Result<std::string> PosixFileSystem::real_path(std::string_view path) const {
  return root_.real_path(path);
}

}  // namespace vmplan::os
