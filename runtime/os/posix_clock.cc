// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/posix_clock.h"

#include <fmt/format.h>

#include <cerrno>
#include <ctime>

namespace vmplan::os {

Millis monotonic_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return {std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000};
}

std::string utc_text(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Millis PosixClock::monotonic() const { return monotonic_now(); }

std::string PosixClock::utc_now() const { return utc_text(std::time(nullptr)); }

void PosixClock::sleep(Millis duration) {
  if (duration.value <= 0) return;
  timespec left{};
  left.tv_sec = duration.value / 1000;
  left.tv_nsec = duration.value % 1000 * 1'000'000;
  while (::clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
  }
}

}  // namespace vmplan::os
