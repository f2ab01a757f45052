// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/program_version.h"

#include <catch2/catch.hpp>

namespace vmplan::os {

TEST_CASE("program version: read out of its answer, and compared by numbers", "[os]") {
  CHECK(version_in("QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7+deb12u16)\nCopyright") ==
        "7.2.19");
  CHECK(version_in("no such word").empty());
  CHECK(version_in("version unknown").empty());
  CHECK(release_of("7.2.19") == "7.2");
  CHECK(release_of("10.0") == "10.0");
  CHECK(release_of("7").empty());
  CHECK(release_of("7.").empty());
  CHECK(release_of("").empty());
  CHECK(is_at_least("7.2.19", "7.2"));
  CHECK(is_at_least("7.10", "7.9"));
  CHECK(is_at_least("8.0.0", "7.2"));
  CHECK_FALSE(is_at_least("7.1.99", "7.2"));
  CHECK_FALSE(is_at_least("7", "7.2"));
}

}  // namespace vmplan::os
