// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/file_copy.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20U;
/// One call of copy_file_range; between two of them the copy looks whether it is to end.
constexpr off_t kKernelChunk = off_t{1} << 27;

Error cannot_copy(std::string_view shown, int error_number) {
  Error error = system_error(fmt::format("cannot copy to `{}`", shown), error_number);
  if (error_number == EXDEV) error.kind = ErrorKind::Io;
  return error;
}

tl::unexpected<Error> interrupted(std::string_view shown) {
  return fail(ErrorKind::Interrupted, fmt::format("copying to `{}` was interrupted", shown));
}

/// Copies [begin, end) of both files with read and write.
Status copy_by_hand(int from, int to, off_t begin, off_t end, std::string_view shown,
                    const Cancel& cancel) {
  std::string buffer(kBlock, '\0');
  while (begin < end) {
    if (cancel.is_kill()) return interrupted(shown);
    const std::size_t wanted = std::min(kBlock, static_cast<std::size_t>(end - begin));
    ssize_t got = retry_eintr([&] { return ::pread(from, buffer.data(), wanted, begin); });
    if (got < 0) return fail(cannot_copy(shown, errno));
    if (got == 0)
      return fail(ErrorKind::Io,
                  fmt::format("cannot copy to `{}`: the source became shorter", shown));
    for (ssize_t done = 0; done < got;) {
      ssize_t put = retry_eintr([&] {
        return ::pwrite(to, buffer.data() + done, static_cast<std::size_t>(got - done),
                        begin + done);
      });
      if (put < 0) return fail(cannot_copy(shown, errno));
      done += put;
    }
    begin += got;
  }
  return {};
}

Status copy_range(int from, int to, off_t begin, off_t end, std::string_view shown,
                  const Cancel& cancel) {
  while (begin < end) {
    if (cancel.is_kill()) return interrupted(shown);
    off_t in = begin;
    off_t out = begin;
    const auto wanted = static_cast<std::size_t>(std::min(kKernelChunk, end - begin));
    ssize_t count = retry_eintr([&] { return ::copy_file_range(from, &in, to, &out, wanted, 0); });
    if (count > 0) {
      begin += count;
      continue;
    }
    if (count == 0 || errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ||
        errno == EPERM)
      return copy_by_hand(from, to, begin, end, shown, cancel);
    return fail(cannot_copy(shown, errno));
  }
  return {};
}

}  // namespace

Status copy_bytes(int from, int to, std::string_view shown, const Cancel& cancel) {
  if (cancel.is_kill()) return interrupted(shown);
  if (::ioctl(to, FICLONE, from) == 0) return {};
  struct ::stat info {};
  if (::fstat(from, &info) != 0) return fail(cannot_copy(shown, errno));
  for (off_t at = 0; at < info.st_size;) {
    off_t data = ::lseek(from, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // only a hole is left
    if (data < 0) data = at;                // no knowledge of holes here
    off_t hole = ::lseek(from, data, SEEK_HOLE);
    const off_t end = hole < 0 ? info.st_size : std::min<off_t>(hole, info.st_size);
    if (Status copied = copy_range(from, to, data, end, shown, cancel); !copied) return copied;
    at = end;
  }
  if (retry_eintr([&] { return ::ftruncate(to, info.st_size); }) != 0)
    return fail(cannot_copy(shown, errno));
  return {};
}

}  // namespace vmplan::os
