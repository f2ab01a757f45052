// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/qmp_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "compiler/base/text.h"
#include "runtime/os/posix_clock.h"
#include "runtime/os/socket.h"
#include "runtime/os/system_error.h"

namespace vmplan::vm {

Result<std::unique_ptr<QmpClient>> QmpClient::connect(const os::LabRoot& root,
                                                      std::string_view socket, OnEvent on_event,
                                                      Millis handshake) {
  Result<os::LabRoot::Entry> entry = root.open_entry(socket);
  if (!entry) return fail(entry.error());
  return connect_at(entry->directory.get(), entry->name, socket, std::move(on_event), handshake);
}

Result<std::unique_ptr<QmpClient>> QmpClient::connect_at(int directory_fd, const std::string& name,
                                                         std::string_view shown, OnEvent on_event,
                                                         Millis handshake) {
  Result<os::UniqueFd> fd = os::connect_unix(directory_fd, name, handshake, shown);
  if (!fd && fd.error().kind == ErrorKind::Timeout)
    return fail(ErrorKind::Busy, fmt::format("monitor busy: `{}` serves another client", shown));
  if (!fd) return fail(fd.error());
  if (!os::peer_is_trusted(fd->get()))
    return fail(ErrorKind::Denied, fmt::format("`{}` belongs to another user", shown));
  std::unique_ptr<QmpClient> client(
      new QmpClient(std::move(*fd), std::string(shown), std::move(on_event)));
  if (Status negotiated = client->negotiate(handshake); !negotiated)
    return fail(negotiated.error());
  return client;
}

Status QmpClient::negotiate(Millis handshake) {
  Result<std::optional<QmpMessage>> first = receive({os::monotonic_now().value + handshake.value});
  if (!first) return fail(first.error());
  if (!*first)
    return fail(
        ErrorKind::Busy,
        fmt::format(
            "monitor busy: `{}` sent no greeting within {} ms; it serves one client at a time",
            shown_, handshake.value));
  const auto* greeting = std::get_if<QmpGreeting>(&**first);
  if (greeting == nullptr)
    return fail(ErrorKind::Corrupt, fmt::format("`{}` is no QMP monitor", shown_));
  greeting_ = *greeting;
  Result<Json> done = converse("qmp_capabilities", Json(), handshake);
  if (!done) return fail(Error(done.error()).with("QMP negotiation"));
  return {};
}

Result<Json> QmpClient::query(std::string_view command, const Json& arguments, Millis timeout) {
  if (classify_qmp(command) != QmpEffect::Reads)
    return fail(ErrorKind::Refused,
                fmt::format("the QMP command `{}` is not known to only read", printable(command)));
  return converse(command, arguments, timeout);
}

Result<Json> QmpClient::execute(const MutationPermit& permit, const Json& arguments,
                                Millis timeout) {
  return converse(permit.command(), arguments, timeout);
}

Result<Json> QmpClient::converse(std::string_view command, const Json& arguments, Millis timeout) {
  if (!fd_) return fail(ErrorKind::Io, fmt::format("the connection to `{}` is closed", shown_));
  const Millis deadline{os::monotonic_now().value + timeout.value};
  const std::int64_t id = ++last_id_;
  if (Status sent =
          os::send_all(fd_.get(), encode_qmp_command(command, arguments, id), timeout, shown_);
      !sent)
    return lose(sent.error());
  while (true) {
    Result<std::optional<QmpMessage>> message = receive(deadline);
    if (!message) return fail(message.error());
    if (!*message)
      return fail(ErrorKind::Timeout, fmt::format("`{}`: no answer to {} within {} ms", shown_,
                                                  command, timeout.value));
    auto* reply = std::get_if<QmpReply>(&**message);
    // Another id: the late answer to a request that has timed out.
    if (reply == nullptr || (reply->id && *reply->id != id)) continue;
    if (const auto* error = std::get_if<QmpError>(&reply->outcome))
      return fail(ErrorKind::Failed,
                  fmt::format("QEMU refused {}: {} ({})", command, printable(error->description),
                              printable(error->error_class)));
    return std::get<Json>(std::move(reply->outcome));
  }
}

Status QmpClient::listen(Millis timeout) {
  if (!fd_) return fail(ErrorKind::Io, fmt::format("the connection to `{}` is closed", shown_));
  const Millis deadline{os::monotonic_now().value + timeout.value};
  while (true) {
    Result<std::optional<QmpMessage>> message = receive(deadline);
    if (!message) return fail(message.error());
    if (!*message) return {};
  }
}

Result<std::optional<QmpMessage>> QmpClient::receive(Millis deadline) {
  std::array<char, 65536> buffer{};
  while (true) {
    Result<std::optional<QmpMessage>> next = decoder_.next();
    if (!next) return lose(next.error());
    if (*next) {
      if (const auto* event = std::get_if<QmpEvent>(&**next); event != nullptr && on_event_)
        on_event_(*event);
      return next;
    }
    // Nothing is read past the deadline: a monitor that streams events would never let it come.
    const std::int64_t left = deadline.value - os::monotonic_now().value;
    if (left <= 0) return std::optional<QmpMessage>();
    pollfd readable{fd_.get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) <= 0) continue;
    ssize_t count =
        os::retry_eintr([&] { return ::recv(fd_.get(), buffer.data(), buffer.size(), 0); });
    if (count < 0 && errno == EAGAIN) continue;
    if (count < 0)
      return lose(os::system_error(fmt::format("cannot read from `{}`", shown_), errno));
    if (count == 0) return lose({ErrorKind::Io, fmt::format("`{}` closed the connection", shown_)});
    decoder_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  }
}

tl::unexpected<Error> QmpClient::lose(Error error) {
  fd_.reset();
  return fail(std::move(error));
}

}  // namespace vmplan::vm
