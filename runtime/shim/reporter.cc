// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/reporter.h"

#include <fcntl.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "runtime/os/socket.h"
#include "runtime/os/system_error.h"
#include "runtime/vm/shim_protocol.h"

namespace vmplan::shim {

Reporter::Reporter(int fd) : fd_(fd) {
  if (fd < 0) return;
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
}

void Reporter::ready(std::int64_t qemu_pid) {
  send(vm::ok_line(fmt::format("ready {}", qemu_pid)));
}

void Reporter::error(const Error& error) {
  if (!fd_ && !done_) std::fprintf(stderr, "vmplan-shim: %s\n", error.text().c_str());
  send(vm::error_line(error));
}

void Reporter::send(const std::string& line) {
  if (done_) return;
  done_ = true;
  constexpr Millis kPatience{1000};
  if (fd_) (void)os::send_all(fd_.get(), line, kPatience, "the parent");
  fd_.reset();
}

bool Reporter::abort_requested() {
  std::array<char, 64> buffer{};
  ssize_t count = os::retry_eintr([&] { return ::read(fd_.get(), buffer.data(), buffer.size()); });
  if (count < 0 && errno == EAGAIN) return false;
  if (count > 0)
    return std::string_view(buffer.data(), static_cast<std::size_t>(count)).starts_with("abort");
  // The parent is gone, nobody waits for the report; the start goes on.
  fd_.reset();
  done_ = true;
  return false;
}

}  // namespace vmplan::shim
