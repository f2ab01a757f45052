// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/lab_facts.h"

#include <fmt/format.h>

namespace vmplan::lower {

LabFacts facts_of(const model::Lab& lab) {
  std::string owner = "vmplan " + lab.name;
  if (!lab.instance.empty()) owner += " " + lab.instance;
  return {lab.state_dir, lab.platform.qemu_img, &lab.images, std::move(owner)};
}

std::string store_path(const LabFacts& facts, const model::Image& image) {
  return fmt::format("{}/store/{}/{}", facts.state_dir, image.sha256.hex(), image.name);
}

}  // namespace vmplan::lower
