// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/image_node.h"

#include <fmt/format.h>

#include <vector>

#include "compiler/base/lexical_path.h"
#include "compiler/lower/node.h"
#include "compiler/lower/recipe_steps.h"
#include "compiler/lower/steps.h"

namespace vmplan::lower {
namespace {

/// A file that is there already.
void add_import(plan::CommandPlan& node, const model::Image& image) {
  node.commands.push_back(steps::import_image("import", image.path, image.stored, image.sha256));
  node.inputs = {{image.path, *image.sha256}};
  node.spec["path"] = image.path;
  node.display.title = "Bring image " + image.name + " into the store";
  node.display.explanation =
      "Copies the file beside the lab's other images, under its digest, and checks every byte. "
      "Disks are based on that copy, which is never overwritten.";
}

/// A file that a server gives.
void add_fetch(plan::CommandPlan& node, const model::Image& image) {
  node.commands.push_back(
      steps::fetch_image("fetch", image.url, image.stored, *image.sha256, image.path));
  node.spec["url"] = image.url;
  if (!image.path.empty()) node.spec["path"] = image.path;
  node.display.title = "Fetch image " + image.name + " into the store";
  node.display.explanation =
      "Fetches the file into the lab's store, under its digest, and checks every byte before it "
      "gets its name. What was cut off goes on where it ended. Disks are based on the file, which "
      "is never overwritten.";
}

/// Marks an image and those that its recipe reads.
void use(const model::Lab& lab, model::ImageId id, std::vector<bool>& used) {
  if (used[id.index]) return;
  used[id.index] = true;
  if (lab.images[id].recipe)
    for (model::ImageId other : lab.images[id].recipe->images) use(lab, other, used);
}

/// The same by name; an empty one is none.
void use(const model::Lab& lab, const std::string& name, std::vector<bool>& used) {
  for (std::size_t i = 0; i < lab.images.size(); ++i)
    if (lab.images[lab.images.id_at(i)].name == name) use(lab, lab.images.id_at(i), used);
}

std::vector<bool> used_images(const model::Lab& lab) {
  std::vector<bool> used(lab.images.size());
  for (const model::Vm& vm : lab.vms) {
    for (const model::Disk& disk : vm.disks)
      if (disk.image) use(lab, *disk.image, used);
    if (!vm.kernel) continue;
    use(lab, vm.kernel->bzimage.image, used);
    if (vm.kernel->initrd) use(lab, vm.kernel->initrd->image, used);
  }
  return used;
}

}  // namespace

std::string image_id(const model::Image& image) { return "image/" + image.name; }

plan::CommandPlan image_node(const LabFacts& facts, const model::Image& image, Unit& unit) {
  const std::string& stored = image.stored;
  plan::CommandPlan node;
  node.id = image_id(image);
  node.kind = "image";
  node.spec = json_object({{"format", model::to_text(image.format)}});
  node.commands.push_back(
      steps::make_directory("store", std::string(directory_of(stored)), "0755"));
  if (image.recipe) {
    add_recipe(node, facts, image, unit);
  } else if (!image.url.empty()) {
    add_fetch(node, image);
  } else {
    add_import(node, image);
  }
  node.probe = {steps::check_file("present", stored)};
  node.outputs = {{stored, false}};
  if (image.sha256) {
    node.commands.push_back(steps::verify_file("verify", stored, *image.sha256));
    node.output_digest = image.sha256;
    node.spec["sha256"] = image.sha256->text();
  }
  finish(node);
  return node;
}

Unit lower_images(const model::Lab& lab) {
  const std::vector<bool> used = used_images(lab);
  LabFacts facts = facts_of(lab);
  Unit unit;
  for (std::size_t i = 0; i < lab.images.size(); ++i)
    if (used[i]) unit.nodes.push_back(image_node(facts, lab.images[lab.images.id_at(i)], unit));
  return unit;
}

}  // namespace vmplan::lower
