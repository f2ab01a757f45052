// SPDX-License-Identifier: Apache-2.0
// Problems of one node, as verify() tells them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/command_plan.h"

namespace vmplan::plan {

/// Collects the problems of one node, each a sentence that begins with its id.
class Findings {
 public:
  explicit Findings(const CommandPlan& node) : node_(node) {}

  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    found_.push_back(node_.id + ": " + fmt::format(format, std::forward<Args>(args)...));
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  const CommandPlan& node_;
  std::vector<std::string> found_;
};

}  // namespace vmplan::plan
