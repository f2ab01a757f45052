// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "runtime/os/system_error.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {
namespace {

constexpr int kNameAttempts = 10'000;

/// A new file beside `name`. The name is free of chance; what a crash left behind only moves it on
/// by one.
UniqueFd open_temporary(int directory_fd, const std::string& name, std::string& temporary) {
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    temporary = fmt::format(".{}.{}-{}.tmp", name, ::getpid(), attempt);
    UniqueFd fd(::openat(directory_fd, temporary.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (fd || errno != EEXIST) return fd;
  }
  return UniqueFd();
}

Status fill(int fd, std::string_view bytes, std::uint32_t mode, std::string_view shown) {
  if (::fchmod(fd, mode) != 0)
    return fail(system_error(fmt::format("cannot set the mode of `{}`", shown), errno));
  if (Status written = write_all(fd, bytes, shown); !written) return written;
  return sync_file(fd, shown);
}

}  // namespace

Status write_all(int fd, std::string_view bytes, std::string_view shown) {
  while (!bytes.empty()) {
    ssize_t count = retry_eintr([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (count < 0) return fail(system_error(fmt::format("cannot write `{}`", shown), errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Status sync_file(int fd, std::string_view shown) {
  // EINVAL: the file system has nothing to make durable (a pipe, some network mounts).
  if (retry_eintr([&] { return ::fsync(fd); }) != 0 && errno != EINVAL)
    return fail(system_error(fmt::format("cannot make `{}` durable", shown), errno));
  return {};
}

Status replace_file(int directory_fd, const std::string& name, std::string_view bytes,
                    std::uint32_t mode, std::string_view shown) {
  std::string temporary;
  UniqueFd fd = open_temporary(directory_fd, name, temporary);
  if (!fd) return fail(system_error(fmt::format("cannot write `{}`", shown), errno));
  Status filled = fill(fd.get(), bytes, mode, shown);
  if (filled && ::renameat(directory_fd, temporary.c_str(), directory_fd, name.c_str()) != 0)
    filled = fail(system_error(fmt::format("cannot replace `{}`", shown), errno));
  if (!filled) {
    ::unlinkat(directory_fd, temporary.c_str(), 0);
    return filled;
  }
  return sync_file(directory_fd, shown);
}

Status rename_new(int from_directory, const std::string& from, int to_directory,
                  const std::string& to, std::string_view shown) {
  int result =
      ::renameat2(from_directory, from.c_str(), to_directory, to.c_str(), RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system without RENAME_NOREPLACE: link() never replaces either.
    result = ::linkat(from_directory, from.c_str(), to_directory, to.c_str(), 0);
    if (result == 0) ::unlinkat(from_directory, from.c_str(), 0);
  }
  if (result != 0) {
    Error error = system_error(fmt::format("cannot publish as `{}`", shown), errno);
    if (errno == EXDEV) error.kind = ErrorKind::Io;  // two file systems, not a way out of the lab
    return fail(std::move(error));
  }
  return {};
}

}  // namespace vmplan::os
