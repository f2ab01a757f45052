// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_clock.h"

#include "runtime/os/posix_clock.h"

namespace vmplan::test {

std::string FakeClock::utc_now() const { return os::utc_text(kEpochSeconds + now_ms_ / 1000); }

void FakeClock::sleep(Millis duration) {
  now_ms_ += duration.value;
  slept_ms_ += duration.value;
}

}  // namespace vmplan::test
