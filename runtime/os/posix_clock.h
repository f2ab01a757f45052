// SPDX-License-Identifier: Apache-2.0
// The clock of the machine.
#pragma once

#include "runtime/os/clock.h"

namespace vmplan::os {

class PosixClock final : public Clock {
 public:
  Millis monotonic() const override;
  std::string utc_now() const override;
  void sleep(Millis duration) override;
};

/// RFC 3339 with seconds: "2026-11-21T10:14:43Z". Independent of locale and time zone.
/// Units: seconds since 1970.
std::string utc_text(std::int64_t seconds);

/// Milliseconds of the monotonic clock, for deadlines inside a wait that has no Clock because
/// nothing about it is ever decided by a test's clock.
Millis monotonic_now();

}  // namespace vmplan::os
