// SPDX-License-Identifier: Apache-2.0
#include "tests/support/qmp_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>

#include "runtime/os/socket.h"

namespace vmplan::test {

void QmpServer::Peer::send(std::string_view bytes) {
  (void)os::send_all(fd_.get(), bytes, Millis{2000}, "test client");
}

std::string QmpServer::Peer::read_line() {
  while (buffer_.find('\n') == std::string::npos) {
    std::array<char, 4096> chunk{};
    const ssize_t count = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (count <= 0) return "";
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
  const std::size_t end = buffer_.find('\n');
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

void QmpServer::Peer::negotiate() {
  greet();
  send("{\"return\": {}, \"id\": " + id_of(read_line()) + "}\r\n");
}

std::string QmpServer::Peer::id_of(const std::string& line) {
  const std::size_t begin = line.find("\"id\":");
  if (begin == std::string::npos) return "0";
  return line.substr(begin + 5, line.find_first_of(",}", begin) - begin - 5);
}

QmpServer::QmpServer(const std::string& directory, const std::string& name, Script script) {
  os::UniqueFd at(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Result<os::UniqueFd> listener = os::listen_unix(at.get(), name, name);
  if (!listener) throw std::runtime_error(listener.error().text());
  listener_ = std::move(*listener);
  if (!script) return;
  thread_ = std::thread([fd = listener_.get(), script = std::move(script)] {
    pollfd polled{fd, POLLIN, 0};
    if (::poll(&polled, 1, 5000) != 1) return;
    Peer peer(os::UniqueFd(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC)));
    script(peer);
  });
}

QmpServer::~QmpServer() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace vmplan::test
