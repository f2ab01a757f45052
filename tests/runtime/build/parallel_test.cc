// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/parallel.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

using namespace vmplan;

TEST_CASE("parallel work: every index once, whatever the number of threads", "[threads]") {
  for (unsigned jobs : {1U, 2U, 7U, 64U}) {
    for (std::size_t count : {0U, 1U, 17U, 1000U}) {
      std::vector<std::atomic<int>> seen(count);
      build::for_each_parallel(count, jobs, [&](std::size_t i) { ++seen[i]; });
      for (const std::atomic<int>& times : seen) CHECK(times == 1);
    }
  }
}

TEST_CASE("parallel work: an exception reaches the caller after all threads have ended",
          "[threads]") {
  CHECK_THROWS_AS(build::for_each_parallel(500, 4,
                                           [](std::size_t i) {
                                             if (i == 123) throw std::runtime_error("123");
                                           }),
                  std::runtime_error);
}
