// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/system_error.h"

#include <cstring>

namespace vmplan::os {

ErrorKind kind_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
      return ErrorKind::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
    case EXDEV:
      return ErrorKind::Denied;  // openat2 says EXDEV when a path leaves its root
    case EEXIST:
      return ErrorKind::Exists;
    case ENOSPC:
    case EDQUOT:
      return ErrorKind::NoSpace;
    case EWOULDBLOCK:
      return ErrorKind::Busy;
    case ETIMEDOUT:
      return ErrorKind::Timeout;
    default:
      return ErrorKind::Io;
  }
}

Error system_error(std::string_view what, int error_number) {
  const char* reason = ::strerrordesc_np(error_number);
  return Error{kind_of(error_number), reason == nullptr
                                          ? fmt::format("{}: error {}", what, error_number)
                                          : fmt::format("{}: {}", what, reason)};
}

}  // namespace vmplan::os
