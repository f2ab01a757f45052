// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/lab_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <climits>
#include <optional>

#include "runtime/os/durable_file.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

constexpr int kRaceRetries = 64;

/// openat2 beneath `root`. Requires: `rest` is relative and normalised.
UniqueFd open_beneath(int root, const std::string& rest, int flags, std::uint32_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC));
  how.mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0; attempt < kRaceRetries; ++attempt) {
    long fd = ::syscall(SYS_openat2, root, rest.c_str(), &how, sizeof how);
    if (fd >= 0) return UniqueFd(static_cast<int>(fd));
    // EAGAIN: something on the way was renamed meanwhile, and the kernel could not be sure.
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return UniqueFd();
}

/// The absolute path that an open descriptor has now.
std::optional<std::string> path_of(int fd) {
  std::array<char, PATH_MAX> buffer{};
  ssize_t size =
      ::readlink(fmt::format("/proc/self/fd/{}", fd).c_str(), buffer.data(), buffer.size());
  if (size <= 0 || static_cast<std::size_t>(size) == buffer.size()) return std::nullopt;
  return std::string(buffer.data(), static_cast<std::size_t>(size));
}

/// Where a path that leaves its place really ends; for links from one place into another. With
/// O_NOFOLLOW in `flags` only the directory is resolved.
std::optional<std::string> target_of(const std::string& absolute, int flags) {
  const bool keep_last = (flags & O_NOFOLLOW) != 0;
  const std::size_t slash = absolute.rfind('/');
  const std::string followed =
      keep_last ? absolute.substr(0, std::max<std::size_t>(slash, 1)) : absolute;
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_MAGICLINKS;
  UniqueFd fd(
      static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, followed.c_str(), &how, sizeof how)));
  std::optional<std::string> target = fd ? path_of(fd.get()) : std::nullopt;
  if (target && keep_last) *target += absolute.substr(slash);
  return target;
}

}  // namespace

Result<LabRoot> LabRoot::open(const std::string& path, const std::vector<std::string>& allowed) {
  UniqueFd root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root)
    return fail(system_error(fmt::format("cannot open the lab directory `{}`", path), errno));
  std::optional<std::string> absolute = path_of(root.get());
  if (!absolute)
    return fail(ErrorKind::Io,
                fmt::format("the path of the lab directory `{}` is not known", path));

  LabPlaces places(*absolute, allowed);
  std::vector<UniqueFd> roots;
  roots.push_back(std::move(root));
  for (std::size_t i = 1; i < places.places().size(); ++i)
    roots.emplace_back(::open(places.places()[i].c_str(), O_PATH | O_CLOEXEC));
  return LabRoot(std::move(places), std::move(roots));
}

Result<LabPlaces::Location> LabRoot::locate(std::string_view path) const {
  std::optional<LabPlaces::Location> where = places_.locate(path);
  if (!where)
    return fail(ErrorKind::Denied, fmt::format("`{}` leaves the lab and its allowed places", path));
  return *where;
}

Result<UniqueFd> LabRoot::open_located(const LabPlaces::Location& where, std::string_view path,
                                       int flags, std::uint32_t mode) const {
  // A place that was missing when the lab was opened is looked for again.
  UniqueFd late;
  int root = roots_[where.place].get();
  if (root < 0) {
    late.reset(::open(places_.places()[where.place].c_str(), O_PATH | O_CLOEXEC));
    if (!late) return fail(system_error(fmt::format("cannot open `{}`", path), errno));
    root = late.get();
  }
  struct ::stat info {};
  UniqueFd fd;
  if (where.rest == "." && ::fstat(root, &info) == 0 && !S_ISDIR(info.st_mode)) {
    // The allowed place is a single file: opened by its own name, which the user spelled out.
    fd.reset(::open(places_.places()[where.place].c_str(), flags | O_CLOEXEC, mode));
  } else {
    fd = open_beneath(root, where.rest, flags, mode);
  }
  if (!fd) return fail(system_error(fmt::format("cannot open `{}`", path), errno));
  return fd;
}

Result<UniqueFd> LabRoot::open_file(std::string_view path, int flags, std::uint32_t mode) const {
  Result<LabPlaces::Location> where = locate(path);
  if (!where) return fail(where.error());
  Result<UniqueFd> fd = open_located(*where, path, flags, mode);
  if (fd || fd.error().kind != ErrorKind::Denied || (flags & O_CREAT) != 0) return fd;

  std::optional<std::string> target = target_of(normalised(places_.root(), path), flags);
  std::optional<LabPlaces::Location> there = target ? places_.locate(*target) : std::nullopt;
  if (!there) {
    if (target)
      return fail(ErrorKind::Denied,
                  fmt::format("`{}` leads out of the lab, to `{}`", path, *target));
    return fd;
  }
  return open_located(*there, path, flags, mode);
}

Result<std::string> LabRoot::real_path(std::string_view path) const {
  Result<UniqueFd> fd = open_file(path, O_PATH);
  if (!fd) return fail(fd.error());
  std::optional<std::string> real = path_of(fd->get());
  if (!real) return fail(ErrorKind::Io, fmt::format("the place of `{}` is not known", path));
  return std::move(*real);
}

Result<LabRoot::Entry> LabRoot::open_entry(std::string_view path) const {
  Result<LabPlaces::Location> where = locate(path);
  if (!where) return fail(where.error());
  if (where->rest == ".")
    return fail(ErrorKind::Refused, fmt::format("`{}` is no entry of the lab", path));
  const std::string absolute = normalised(places_.root(), path);
  const std::size_t slash = absolute.rfind('/');
  // O_RDONLY and not O_PATH: the directory is fsynced through this descriptor.
  Result<UniqueFd> directory =
      open_file(slash == 0 ? "/" : absolute.substr(0, slash), O_RDONLY | O_DIRECTORY);
  if (!directory) {
    Error error = directory.error();
    if (error.kind == ErrorKind::NotFound)
      error.message = fmt::format("`{}`: its directory does not exist", path);
    return fail(std::move(error));
  }
  return Entry{std::move(*directory), absolute.substr(slash + 1)};
}

Status LabRoot::make_directories(std::string_view path, std::uint32_t mode) const {
  Result<LabPlaces::Location> where = locate(path);
  if (!where) return fail(where.error());
  const std::string absolute = normalised(places_.root(), path);
  const std::string& place = places_.places()[where->place];
  std::size_t end = place == "/" ? 0 : place.size();
  while (end < absolute.size()) {
    end = absolute.find('/', end + 1);
    if (end == std::string::npos) end = absolute.size();
    const std::string prefix = absolute.substr(0, end);
    Result<UniqueFd> present = open_file(prefix, O_PATH | O_DIRECTORY);
    if (present) continue;
    if (present.error().kind != ErrorKind::NotFound) return fail(present.error());
    Result<Entry> entry = open_entry(prefix);
    if (!entry) return fail(entry.error());
    if (::mkdirat(entry->directory.get(), entry->name.c_str(), mode) == 0) {
      // The umask of the caller must not show in the result.
      if (::fchmodat(entry->directory.get(), entry->name.c_str(), mode, 0) != 0)
        return fail(system_error(fmt::format("cannot set the mode of `{}`", path), errno));
      if (Status synced = sync_file(entry->directory.get(), path); !synced) return synced;
      continue;
    }
    if (errno != EEXIST)
      return fail(system_error(fmt::format("cannot make the directory `{}`", path), errno));
    if (!open_file(prefix, O_PATH | O_DIRECTORY))
      return fail(ErrorKind::Exists,
                  fmt::format("`{}`: a file is in the way of the directory", path));
  }
  return {};
}

}  // namespace vmplan::os
