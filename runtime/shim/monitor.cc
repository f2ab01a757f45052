// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/monitor.h"

#include <algorithm>
#include <array>
#include <limits>

#include "runtime/os/socket.h"
#include "runtime/os/system_error.h"

namespace vmplan::shim {
namespace {

constexpr std::int64_t kLongestPauseMs = 1000;
constexpr Millis kNever{std::numeric_limits<std::int64_t>::max()};

}  // namespace

Millis Monitor::next_tick() const { return state_ == State::Disconnected ? next_try_ : kNever; }

void Monitor::tick(Millis now) {
  if (state_ != State::Disconnected || now < next_try_) return;
  Result<os::UniqueFd> connected = os::connect_unix(directory_fd_, name_, Millis{0}, name_);
  if (connected && os::peer_is_trusted(connected->get())) {
    fd_ = std::move(*connected);
    lines_ = LineBuffer(std::size_t{1} << 20U);
    state_ = State::Greeting;
    return;
  }
  next_try_ = {now.value + pause_.value};
  pause_.value = std::min(pause_.value * 2, kLongestPauseMs);
}

bool Monitor::read(const std::function<void(const QmpLine&)>& deliver) {
  if (!fd_) return false;
  std::array<char, 16384> buffer{};
  ssize_t count = os::retry_eintr([&] { return ::read(fd_.get(), buffer.data(), buffer.size()); });
  if (count < 0 && errno == EAGAIN) return false;
  if (count <= 0) {
    lose();
    return false;
  }
  const bool bounded =
      lines_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  while (std::optional<std::string> line = lines_.next()) handle(classify_qmp_line(*line), deliver);
  if (!bounded) lose();
  return true;
}

void Monitor::drain(const std::function<void(const QmpLine&)>& deliver) {
  // Far more than a socket holds, in case somebody still writes.
  constexpr int kMostReads = 1024;
  for (int i = 0; i < kMostReads && read(deliver); ++i) {
  }
}

void Monitor::handle(const QmpLine& line, const std::function<void(const QmpLine&)>& deliver) {
  if (state_ == State::Greeting && std::holds_alternative<QmpGreeting>(line)) {
    if (purpose_ == Purpose::Greet) {
      state_ = State::Ready;
      fd_.reset();
      return;
    }
    state_ = State::Negotiating;
    send("qmp_capabilities");
    return;
  }
  const auto* reply = std::get_if<QmpReturn>(&line);
  if (state_ == State::Negotiating && reply != nullptr && reply->id == last_id_) {
    state_ = State::Ready;
    return;
  }
  deliver(line);
}

std::int64_t Monitor::send(std::string_view command) {
  if (!fd_) return 0;
  ++last_id_;
  // A command is tiny: a monitor without room for it is not listening.
  if (os::send_all(fd_.get(), qmp_command_line(command, last_id_), Millis{0}, name_))
    return last_id_;
  lose();
  return 0;
}

void Monitor::lose() {
  fd_.reset();
  state_ = purpose_ == Purpose::Greet || state_ != State::Ready ? State::Disconnected : State::Gone;
}

}  // namespace vmplan::shim
