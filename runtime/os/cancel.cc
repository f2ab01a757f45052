// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/cancel.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "compiler/base/result.h"

namespace vmplan::os {

static_assert(std::atomic<Cancel::Level>::is_always_lock_free,
              "interrupt() runs in signal handlers");

Cancel::Cancel() : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_fd_ < 0) throw InternalError("no eventfd: out of file descriptors");
}

Cancel::~Cancel() { ::close(wake_fd_); }

void Cancel::interrupt() noexcept {
  Level seen = level_.load(std::memory_order_acquire);
  Level next = Level::Kill;
  do {
    next = seen == Level::None ? Level::Drain : Level::Kill;
  } while (!level_.compare_exchange_weak(seen, next, std::memory_order_acq_rel));
  if (next != Level::Kill) return;
  const int saved = errno;  // a signal handler must not change it
  const std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(wake_fd_, &one, sizeof one);
  errno = saved;
}

}  // namespace vmplan::os
