// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/pipe.h"

#include <fcntl.h>

#include <array>

#include "runtime/os/system_error.h"

namespace vmplan::os {

Result<Pipe> make_pipe(int lowest) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error("cannot make a pipe", errno));
  Pipe low{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (lowest == 0) return low;
  Result<UniqueFd> read = duplicate(low.read.get(), lowest);
  if (!read) return fail(read.error());
  Result<UniqueFd> write = duplicate(low.write.get(), lowest);
  if (!write) return fail(write.error());
  return Pipe{std::move(*read), std::move(*write)};
}

Result<UniqueFd> duplicate(int fd, int lowest) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, lowest));
  if (!copy) return fail(system_error("cannot duplicate a descriptor", errno));
  return copy;
}

}  // namespace vmplan::os
