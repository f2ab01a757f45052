// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_profile.h"

#include <fmt/format.h>

namespace vmplan::test {

std::string sample_profile(const std::string& name, const std::string& extra) {
  return fmt::format(
      "schema_version = 1\n"
      "[vm]\n"
      "name = \"{0}\"\n"
      "[hardware]\n"
      "arch = \"x86_64\"\n"
      "cores = 2\n"
      "memory_mb = 512\n"
      "acceleration = \"tcg\"\n"
      "[[storage.disks]]\n"
      "name = \"root\"\n"
      "path = \"disks/{0}/root.qcow2\"\n"
      "format = \"qcow2\"\n"
      "size_gb = 1\n"
      "boot = true\n"
      "{1}",
      name, extra);
}

}  // namespace vmplan::test
