// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "runtime/os/system_error.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {
namespace {

Error cannot(std::string_view shown) {
  return system_error(fmt::format("cannot remove `{}`", shown), errno);
}

/// Names without `.` and `..`. Read to the end before anything goes, since what readdir says of a
/// directory that changes is not defined.
Result<std::vector<std::string>> names_in(int directory, std::string_view shown) {
  UniqueFd own(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) return fail(cannot(shown));
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own.get()), &::closedir);
  if (!stream) return fail(cannot(shown));
  own.release();  // the stream closes it
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return fail(cannot(shown));
  return names;
}

Status remove_entry(int directory, const std::string& name, dev_t device, std::string_view shown) {
  struct ::stat info {};
  if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
    return fail(cannot(shown));
  if (!S_ISDIR(info.st_mode)) {
    if (::unlinkat(directory, name.c_str(), 0) != 0) return fail(cannot(shown));
    return {};
  }
  if (info.st_dev != device)
    return fail(
        ErrorKind::Refused,
        fmt::format("`{}`: something is mounted in it, as `{}`; unmount it first", shown, name));
  UniqueFd own(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!own) return fail(cannot(shown));
  Result<std::vector<std::string>> names = names_in(own.get(), shown);
  if (!names) return fail(names.error());
  for (const std::string& each : *names)
    if (Status removed = remove_entry(own.get(), each, device, shown); !removed) return removed;
  if (::unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0) return fail(cannot(shown));
  return {};
}

}  // namespace

Status remove_tree(int directory, const std::string& name, std::string_view shown) {
  struct ::stat info {};
  if (::fstat(directory, &info) != 0) return fail(cannot(shown));
  return remove_entry(directory, name, info.st_dev, shown);
}

}  // namespace vmplan::os
