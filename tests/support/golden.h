// SPDX-License-Identifier: Apache-2.0
// Files of the repository that a test regenerates and compares. Accepting is not passing.
#pragma once

#include <string>
#include <string_view>

namespace vmplan::test {

/// All bytes of a file; empty when there is none.
std::string slurp(const std::string& path);

/// A path in the repository: "docs/profile.md".
std::string in_tree(std::string_view path);

/// Fails the running test when the file does not hold exactly `actual`. With VMPLAN_ACCEPT set it
/// rewrites the file, and fails all the same.
void check_golden(const std::string& path, const std::string& actual);

}  // namespace vmplan::test
