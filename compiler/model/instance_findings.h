// SPDX-License-Identifier: Apache-2.0
// Findings about a profile that stands for many machines: what is wrong in its text is said once.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "compiler/base/diagnostic.h"

namespace vmplan::model {

class InstanceFindings {
 public:
  /// Adds the findings about one machine of a profile to `into`: of the first (0) all, of others
  /// what no machine before it had at that place.
  void add(std::size_t instance, Diagnostics&& found, Diagnostics& into);

 private:
  std::set<std::pair<std::optional<Span>, Code>> seen_;
};

}  // namespace vmplan::model
