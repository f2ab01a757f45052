// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/image_node.h"

#include <fmt/format.h>

#include <vector>

#include "compiler/base/lexical_path.h"
#include "compiler/lower/node.h"
#include "compiler/lower/steps.h"

namespace vmplan::lower {

plan::CommandPlan image_node(const LabFacts& facts, const model::Image& image) {
  std::string stored = store_path(facts, image);
  plan::CommandPlan node;
  node.id = "image/" + image.name;
  node.kind = "image";
  node.commands = {
      steps::make_directory("store", std::string(directory_of(stored)), "0755"),
      steps::import_image("import", image.path, stored, image.sha256),
      steps::verify_file("verify", stored, image.sha256),
  };
  node.probe = {steps::check_file("present", stored)};
  node.inputs = {{image.path, image.sha256}};
  node.outputs = {{stored, false}};
  node.output_digest = image.sha256;
  node.spec = json_object({{"format", model::to_text(image.format)},
                           {"path", image.path},
                           {"sha256", image.sha256.text()}});
  node.display.title = "Bring image " + image.name + " into the store";
  node.display.explanation =
      "Copies the file beside the lab's other images, under its digest, and checks every byte. "
      "Disks are based on that copy, which is never overwritten.";
  finish(node);
  return node;
}

Unit lower_images(const model::Lab& lab) {
  std::vector<bool> used(lab.images.size());
  for (const model::Vm& vm : lab.vms)
    for (const model::Disk& disk : vm.disks)
      if (disk.image) used[disk.image->index] = true;
  LabFacts facts = facts_of(lab);
  Unit unit;
  for (std::size_t i = 0; i < lab.images.size(); ++i)
    if (used[i]) unit.nodes.push_back(image_node(facts, lab.images[lab.images.id_at(i)]));
  return unit;
}

}  // namespace vmplan::lower
