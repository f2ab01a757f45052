// SPDX-License-Identifier: Apache-2.0
// Nobody interrupts the work of a test that is not about that.
#pragma once

#include "runtime/os/cancel.h"

namespace vmplan::test {

inline const os::Cancel kNever;

}  // namespace vmplan::test
