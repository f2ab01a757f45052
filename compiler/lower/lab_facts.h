// SPDX-License-Identifier: Apache-2.0
// The slice of a lab that one VM may see. Whatever a back end reads beyond the VM itself is in
// here, so that a unit's inputs are known.
#pragma once

#include <string>
#include <string_view>

#include "compiler/model/lab.h"

namespace vmplan::lower {

struct LabFacts {
  std::string state_dir;
  /// The platform's program that makes disks.
  std::string qemu_img;
  /// All images of the lab; a VM refers to them by id.
  const DenseMap<model::ImageId, model::Image>* images = nullptr;
  /// Who owns what the lab makes on the host: "vmplan LAB", or "vmplan LAB INSTANCE".
  std::string owner;

  const model::Image& image(model::ImageId id) const { return (*images)[id]; }
  /// Requires: the lab has it.
  const model::Image& image_called(std::string_view name) const;
};

LabFacts facts_of(const model::Lab& lab);

}  // namespace vmplan::lower
