// SPDX-License-Identifier: Apache-2.0
// A clock that only moves when it is told to, or when somebody sleeps on it.
#pragma once

#include <atomic>

#include "runtime/os/clock.h"

namespace vmplan::test {

class FakeClock final : public os::Clock {
 public:
  /// UTC text at monotonic 0.
  static constexpr std::int64_t kEpochSeconds = 1'795'255'200;  // 2026-11-21T10:00:00Z

  void advance(Millis duration) { now_ms_ += duration.value; }
  /// The sum of all sleeps.
  Millis slept() const { return {slept_ms_}; }

  Millis monotonic() const override { return {now_ms_}; }
  std::string utc_now() const override;
  void sleep(Millis duration) override;

 private:
  std::atomic<std::int64_t> now_ms_{0};
  std::atomic<std::int64_t> slept_ms_{0};
};

}  // namespace vmplan::test
