// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/lab_facts.h"

#include <fmt/format.h>

#include "compiler/base/result.h"

namespace vmplan::lower {

LabFacts facts_of(const model::Lab& lab) {
  std::string owner = "vmplan " + lab.name;
  if (!lab.instance.empty()) owner += " " + lab.instance;
  return {lab.state_dir, lab.platform.qemu_img, &lab.images, std::move(owner)};
}

const model::Image& LabFacts::image_called(std::string_view name) const {
  for (const model::Image& each : *images)
    if (each.name == name) return each;
  throw InternalError(fmt::format("the model let an unknown image through: {}", name));
}

}  // namespace vmplan::lower
