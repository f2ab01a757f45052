// SPDX-License-Identifier: Apache-2.0
// Runs work that a faulty twin may cut short.
#pragma once

#include <catch2/catch.hpp>

#include "tests/support/faulty_state_store.h"

namespace vmplan::test {

/// Runs `work`, which gives a Result; true when the process died in it. Without a crash it must
/// have worked.
template <class Work>
bool dies_in(Work work) {
  bool worked = false;
  try {
    worked = work().has_value();  // outside of REQUIRE, which catches what dies
  } catch (const SimulatedCrash&) {
    return true;
  }
  REQUIRE(worked);
  return false;
}

}  // namespace vmplan::test
