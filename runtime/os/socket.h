// SPDX-License-Identifier: Apache-2.0
// Unix sockets by the name in an open directory, so that the depth of the lab does not count
// against the 107 bytes of a socket address. It knows no protocol.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/base/units.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {

/// Connects; the result is non-blocking. `shown` names the socket in errors. A full backlog is
/// waited for. Errors: NotFound (no such socket, or nobody listens), Denied, Timeout, Io.
Result<UniqueFd> connect_unix(int directory_fd, const std::string& name, Millis timeout,
                              std::string_view shown);

/// Binds and listens; non-blocking. Errors: Exists (something has that name), Denied, Io.
Result<UniqueFd> listen_unix(int directory_fd, const std::string& name, std::string_view shown);

/// The process at the other end runs as the user of this process, or as root. Source: SO_PEERCRED,
/// unix(7).
bool peer_is_trusted(int socket_fd);

/// Sends everything before the deadline. Never raises SIGPIPE. Errors: Timeout, Io.
Status send_all(int socket_fd, std::string_view bytes, Millis timeout, std::string_view shown);

}  // namespace vmplan::os
