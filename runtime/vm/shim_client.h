// SPDX-License-Identifier: Apache-2.0
// vmplan's side of a shim's control socket: one question, one answer.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/units.h"
#include "runtime/vm/run_directory.h"

namespace vmplan::vm {

/// Says hello and `line` (without line feed), and returns the words behind "ok".
/// Errors: NotFound (no shim listens), Denied (another user's), Timeout, those that the shim
/// answers.
Result<std::string> ask_shim(const RunDirectory& directory, std::string_view line, Millis timeout);

/// The next line of a stream socket, without its line feed; at most kMaxShimLine bytes.
/// Errors: Timeout, Interrupted (`wake_fd` became readable; -1: none), Io (closed before a line was
/// complete).
Result<std::string> read_line(int socket_fd, std::string& buffer, Millis deadline, int wake_fd,
                              std::string_view shown);

}  // namespace vmplan::vm
