// SPDX-License-Identifier: Apache-2.0
// Pipes whose ends close themselves, in this process and at every exec.
#pragma once

#include "compiler/base/result.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

/// Both ends are numbered `lowest` or above. Errors: Io.
Result<Pipe> make_pipe(int lowest = 0);

/// Another descriptor of the same file, numbered `lowest` or above. Errors: Io.
Result<UniqueFd> duplicate(int fd, int lowest);

}  // namespace vmplan::os
