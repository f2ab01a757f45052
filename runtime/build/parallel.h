// SPDX-License-Identifier: Apache-2.0
// Spreading independent work over the cores. Results go to places of their own, so the number of
// threads never shows.
#pragma once

#include <cstddef>
#include <functional>

namespace vmplan::build {

/// Runs `work(0)` .. `work(count - 1)`, on at most `jobs` threads (the caller's included). The
/// first exception is thrown again once all threads have ended.
void for_each_parallel(std::size_t count, unsigned jobs,
                       const std::function<void(std::size_t)>& work);

/// Number of processors this process may use, at least 1.
unsigned usable_processors();

}  // namespace vmplan::build
