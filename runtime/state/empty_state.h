// SPDX-License-Identifier: Apache-2.0
// The state of a lab to which nothing was ever applied.
#pragma once

#include "runtime/state/state_store.h"

namespace vmplan::state {

class EmptyState final : public StateReader {
 public:
  Result<change::Applied> applied() const override { return change::Applied{}; }
  Result<std::optional<AppliedRecord>> find(std::string_view) const override {
    return std::nullopt;
  }
  Result<std::vector<UnfinishedNode>> unfinished() const override {
    return std::vector<UnfinishedNode>{};
  }
  Result<std::vector<Run>> runs(int) const override { return std::vector<Run>{}; }
};

}  // namespace vmplan::state
