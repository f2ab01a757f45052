// SPDX-License-Identifier: Apache-2.0
// Word-level differences of two argvs.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace vmplan::change {

struct WordChange {
  enum class Kind { Removed, Added };
  Kind kind = Kind::Added;
  std::string word;
};

/// The removed and added words of the shortest edit, in argv order. An option word stays out of it
/// when only its value differs.
std::vector<WordChange> argv_diff(std::span<const std::string> before,
                                  std::span<const std::string> after);

}  // namespace vmplan::change
