// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/argv_diff.h"

#include <algorithm>
#include <cstddef>

namespace vmplan::change {
namespace {

using Words = std::span<const std::string>;

/// Lengths of the longest common subsequences of all suffixes; argvs have some hundred words at
/// most.
std::vector<std::vector<std::size_t>> common_lengths(Words a, Words b) {
  std::vector<std::vector<std::size_t>> length(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      length[i][j] =
          a[i] == b[j] ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
  return length;
}

}  // namespace

std::vector<WordChange> argv_diff(Words before, Words after) {
  std::size_t head = 0;
  while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
  before = before.subspan(head);
  after = after.subspan(head);
  while (!before.empty() && !after.empty() && before.back() == after.back()) {
    before = before.first(before.size() - 1);
    after = after.first(after.size() - 1);
  }
  auto length = common_lengths(before, after);
  std::vector<WordChange> out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && j < after.size() && before[i] == after[j]) {
      ++i;
      ++j;
    } else if (j == after.size() || (i < before.size() && length[i + 1][j] >= length[i][j + 1])) {
      out.push_back({WordChange::Kind::Removed, before[i++]});
    } else {
      out.push_back({WordChange::Kind::Added, after[j++]});
    }
  }
  return out;
}

}  // namespace vmplan::change
