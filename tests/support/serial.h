// SPDX-License-Identifier: Apache-2.0
// The compiler without threads.
#pragma once

#include "compiler/compile.h"

namespace vmplan::test {

/// Everything on the calling thread, in order.
inline void for_each_serial(std::size_t count, const std::function<void(std::size_t)>& work) {
  for (std::size_t i = 0; i < count; ++i) work(i);
}

}  // namespace vmplan::test
