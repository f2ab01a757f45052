// SPDX-License-Identifier: Apache-2.0
// Time, passed in. Wall-clock time is for people; every decision uses the monotonic clock.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/base/units.h"

namespace vmplan::os {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Units: milliseconds since an arbitrary start.
  virtual Millis monotonic() const = 0;
  /// UTC, RFC 3339 with seconds: "2026-11-21T10:14:43Z".
  virtual std::string utc_now() const = 0;
  virtual void sleep(Millis duration) = 0;
};

}  // namespace vmplan::os
