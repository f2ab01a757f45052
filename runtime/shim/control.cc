// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/control.h"

#include <sys/socket.h>

#include <array>

#include "runtime/os/socket.h"
#include "runtime/os/system_error.h"

namespace vmplan::shim {
namespace {

constexpr std::size_t kMaxClients = 16;
constexpr std::size_t kMaxLine = 1024;
/// A client that does not read its answers is dropped here.
constexpr std::size_t kMaxOutgoing = std::size_t{64} << 10U;

short events_of(const std::vector<pollfd>& polled, int fd) {
  for (const pollfd& entry : polled)
    if (entry.fd == fd) return entry.revents;
  return 0;
}

}  // namespace

Result<Control> Control::open(int directory_fd, const std::string& name, const std::string& shown) {
  Result<os::UniqueFd> listener = os::listen_unix(directory_fd, name, shown);
  if (!listener) return fail(listener.error());
  return Control(std::move(*listener));
}

void Control::add_to(std::vector<pollfd>& polled) const {
  polled.push_back({listener_.get(), POLLIN, 0});
  for (const auto& [id, client] : clients_) {
    const auto wanted = static_cast<short>(client.outgoing.empty() ? POLLIN : POLLIN | POLLOUT);
    polled.push_back({client.fd.get(), wanted, 0});
  }
}

void Control::serve(const std::vector<pollfd>& polled, const OnLine& on_line) {
  for (auto& [id, client] : clients_) {
    const short events = events_of(polled, client.fd.get());
    if ((events & POLLOUT) != 0) flush(client);
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) read(id, client, on_line);
  }
  std::erase_if(clients_, [](const auto& entry) { return entry.second.closed; });
  if (events_of(polled, listener_.get()) != 0) accept_all();
}

void Control::accept_all() {
  while (true) {
    os::UniqueFd fd(os::retry_eintr([&] {
      return ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    }));
    if (!fd) return;
    if (!os::peer_is_trusted(fd.get())) continue;
    // The oldest makes room: clients that sit idle must not lock others out.
    if (clients_.size() >= kMaxClients) clients_.erase(clients_.begin());
    clients_.emplace(++last_client_, Client{std::move(fd), LineBuffer(kMaxLine), "", false});
  }
}

void Control::read(ClientId id, Client& client, const OnLine& on_line) {
  std::array<char, 4096> buffer{};
  ssize_t count =
      os::retry_eintr([&] { return ::read(client.fd.get(), buffer.data(), buffer.size()); });
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0 ||
      !client.lines.feed(std::string_view(buffer.data(), static_cast<std::size_t>(count)))) {
    client.closed = true;
    return;
  }
  while (std::optional<std::string> line = client.lines.next()) on_line(id, *line);
}

void Control::answer(ClientId id, std::string_view line) {
  auto found = clients_.find(id);
  if (found == clients_.end()) return;
  Client& client = found->second;
  client.outgoing.append(line);
  flush(client);
  if (client.outgoing.size() > kMaxOutgoing) client.closed = true;
}

void Control::flush(Client& client) {
  while (!client.outgoing.empty()) {
    ssize_t sent = os::retry_eintr([&] {
      return ::send(client.fd.get(), client.outgoing.data(), client.outgoing.size(), MSG_NOSIGNAL);
    });
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) {
      client.closed = true;
      return;
    }
    client.outgoing.erase(0, static_cast<std::size_t>(sent));
  }
}

}  // namespace vmplan::shim
