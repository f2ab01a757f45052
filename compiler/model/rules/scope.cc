// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/rules/scope.h"

#include <fmt/format.h>

#include "compiler/model/name_rules.h"

namespace vmplan::model {

std::string item_label(std::string_view what, const WrittenText& name, std::size_t index) {
  if (name.has() && !name_fault(*name)) return fmt::format("{} `{}`", what, *name);
  return fmt::format("{} {}", what, index + 1);
}

}  // namespace vmplan::model
