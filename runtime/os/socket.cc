// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "runtime/os/posix_clock.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

constexpr int kBacklog = 16;
constexpr std::int64_t kRetryMs = 10;

/// /proc/self/fd/N/name reaches the socket through the open directory.
Result<sockaddr_un> address_of(int directory_fd, const std::string& name, std::string_view shown) {
  const std::string path = fmt::format("/proc/self/fd/{}/{}", directory_fd, name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.empty() || name.find('/') != std::string::npos || path.size() >= sizeof address.sun_path)
    return fail(ErrorKind::Io, fmt::format("`{}` is too long for a socket", shown));
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Result<UniqueFd> make_socket(std::string_view shown) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fail(system_error(fmt::format("cannot make a socket for `{}`", shown), errno));
  return fd;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Result<UniqueFd> connect_unix(int directory_fd, const std::string& name, Millis timeout,
                              std::string_view shown) {
  Result<sockaddr_un> address = address_of(directory_fd, name, shown);
  if (!address) return fail(address.error());
  Result<UniqueFd> fd = make_socket(shown);
  if (!fd) return fd;
  const std::int64_t deadline = monotonic_now().value + timeout.value;
  while (true) {
    if (retry_eintr([&] { return ::connect(fd->get(), generic(*address), sizeof *address); }) == 0)
      return fd;
    // EAGAIN: the backlog of the listener is full.
    if (errno == EAGAIN && monotonic_now().value < deadline) {
      ::poll(nullptr, 0, kRetryMs);
      continue;
    }
    Error error = system_error(fmt::format("cannot connect to `{}`", shown), errno);
    if (errno == EAGAIN) error.kind = ErrorKind::Timeout;
    if (errno == ECONNREFUSED) error.kind = ErrorKind::NotFound;
    return fail(std::move(error));
  }
}

Result<UniqueFd> listen_unix(int directory_fd, const std::string& name, std::string_view shown) {
  Result<sockaddr_un> address = address_of(directory_fd, name, shown);
  if (!address) return fail(address.error());
  Result<UniqueFd> fd = make_socket(shown);
  if (!fd) return fd;
  if (::bind(fd->get(), generic(*address), sizeof *address) != 0 ||
      ::listen(fd->get(), kBacklog) != 0) {
    Error error = system_error(fmt::format("cannot listen on `{}`", shown), errno);
    if (errno == EADDRINUSE) error.kind = ErrorKind::Exists;
    return fail(std::move(error));
  }
  return fd;
}

bool peer_is_trusted(int socket_fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

Status send_all(int socket_fd, std::string_view bytes, Millis timeout, std::string_view shown) {
  const std::int64_t deadline = monotonic_now().value + timeout.value;
  while (!bytes.empty()) {
    ssize_t sent =
        retry_eintr([&] { return ::send(socket_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno != EAGAIN)
      return fail(system_error(fmt::format("cannot send to `{}`", shown), errno));
    const std::int64_t left = deadline - monotonic_now().value;
    if (left <= 0) return fail(ErrorKind::Timeout, fmt::format("`{}` takes no data", shown));
    pollfd writable{socket_fd, POLLOUT, 0};
    ::poll(&writable, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
  }
  return {};
}

}  // namespace vmplan::os
