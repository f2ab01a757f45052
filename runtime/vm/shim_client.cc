// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/shim_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "runtime/os/posix_clock.h"
#include "runtime/os/socket.h"
#include "runtime/os/system_error.h"
#include "runtime/vm/shim_protocol.h"

namespace vmplan::vm {

Result<std::string> read_line(int socket_fd, std::string& buffer, Millis deadline, int wake_fd,
                              std::string_view shown) {
  std::array<char, 4096> chunk{};
  while (true) {
    const std::size_t end = buffer.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return line;
    }
    if (buffer.size() > kMaxShimLine)
      return fail(ErrorKind::Corrupt, fmt::format("`{}` sends no lines", shown));
    const std::int64_t left = deadline.value - os::monotonic_now().value;
    if (left <= 0)
      return fail(ErrorKind::Timeout, fmt::format("`{}` did not answer in time", shown));
    std::array<pollfd, 2> polled{pollfd{socket_fd, POLLIN, 0}, pollfd{wake_fd, POLLIN, 0}};
    ::poll(polled.data(), polled.size(), static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (polled[1].revents != 0) return fail(ErrorKind::Interrupted, "interrupted");
    if (polled[0].revents == 0) continue;
    ssize_t count = os::retry_eintr(
        [&] { return ::recv(socket_fd, chunk.data(), chunk.size(), MSG_DONTWAIT); });
    if (count < 0 && errno == EAGAIN) continue;
    if (count < 0)
      return fail(os::system_error(fmt::format("cannot read from `{}`", shown), errno));
    if (count == 0) return fail(ErrorKind::Io, fmt::format("`{}` closed the connection", shown));
    buffer.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

Result<std::string> ask_shim(const RunDirectory& directory, std::string_view line, Millis timeout) {
  const std::string shown = directory.shown(kControlSocket);
  const Millis deadline{os::monotonic_now().value + timeout.value};
  Result<os::UniqueFd> socket = os::connect_unix(directory.fd(), kControlSocket, timeout, shown);
  if (!socket) return fail(socket.error());
  if (!os::peer_is_trusted(socket->get()))
    return fail(ErrorKind::Denied, fmt::format("`{}` belongs to another user", shown));
  if (Status sent = os::send_all(socket->get(), fmt::format("hello {}\n{}\n", kShimProtocol, line),
                                 timeout, shown);
      !sent)
    return fail(sent.error());
  std::string buffer;
  Result<std::string> hello = read_line(socket->get(), buffer, deadline, -1, shown);
  if (!hello) return hello;
  if (Result<std::string> understood = parse_answer(*hello); !understood) return understood;
  Result<std::string> answer = read_line(socket->get(), buffer, deadline, -1, shown);
  if (!answer) return answer;
  return parse_answer(*answer);
}

}  // namespace vmplan::vm
