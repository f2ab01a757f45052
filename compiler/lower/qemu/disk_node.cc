// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/disk_node.h"

#include <fmt/format.h>

#include "compiler/base/lexical_path.h"
#include "compiler/lower/node.h"
#include "compiler/lower/steps.h"

namespace vmplan::lower::qemu {
namespace {

/// The name under which the overlay's header refers to its base: relative to the overlay's
/// directory.
std::string backing_name(const LabFacts& facts, const model::Disk& disk) {
  if (!disk.image) return "-";
  return relative_to(facts.image(*disk.image).stored, directory_of(disk.path));
}

/// Positional names get `./`, because qemu-img reads `x:y` as a protocol.
plan::Step create_step(const model::Disk& disk, const LabFacts& facts) {
  std::string format(model::to_text(disk.format));
  plan::Step step;
  step.step_id = "create";
  step.argv = {facts.qemu_img, "create", "-q", "-f", format};
  if (disk.image) {
    const model::Image& image = facts.image(*disk.image);
    step.argv.insert(step.argv.end(), {"-F", std::string(model::to_text(image.format)), "-b",
                                       backing_name(facts, disk)});
  }
  step.argv.push_back("./" + disk.path + ".vmplan-new");
  if (disk.size) step.argv.push_back(fmt::format("{}G", disk.size->value));
  step.timeout_seconds = 600;
  step.idempotent = true;  // it only ever writes the new file, under its own name
  return step;
}

Json backing_spec(const LabFacts& facts, const model::Disk& disk) {
  if (!disk.image) return Json();
  const model::Image& image = facts.image(*disk.image);
  Json spec = json_object(
      {{"format", model::to_text(image.format)}, {"image", image.name}, {"path", image.stored}});
  if (image.sha256) spec["sha256"] = image.sha256->text();
  return spec;
}

void add_made_disk(plan::CommandPlan& node, const model::Disk& disk, const LabFacts& facts) {
  std::string_view directory = directory_of(disk.path);
  if (directory != ".")
    node.commands.push_back(steps::make_directory("directory", std::string(directory), "0755"));
  node.commands.push_back(create_step(disk, facts));
  node.commands.push_back(steps::publish_disk("publish", disk.path, model::to_text(disk.format),
                                              disk.size ? disk.size->bytes() : Bytes{0},
                                              backing_name(facts, disk)));
  node.rollback = {steps::remove_file("remove", disk.path)};
  node.display.explanation =
      "Makes the disk beside its place and publishes it. A file that is already there is adopted "
      "when it fits and "
      "refused when it does not; it is never overwritten.";
}

}  // namespace

std::string disk_id(const model::Vm& vm, const model::Disk& disk) {
  return fmt::format("disk/{}/{}", vm.name, disk.name);
}

plan::CommandPlan disk_node(const model::Vm& vm, const model::Disk& disk, const LabFacts& facts) {
  plan::CommandPlan node;
  node.id = disk_id(vm, disk);
  node.kind = "disk";
  if (disk.image) node.deps = {"image/" + facts.image(*disk.image).name};
  if (disk.is_made()) {
    node.display.title = fmt::format("Create disk {} of {}", disk.name, vm.name);
    add_made_disk(node, disk, facts);
  } else {
    node.display.title = fmt::format("Expect disk {} of {}", disk.name, vm.name);
    node.display.explanation =
        "The file must exist; it is looked at and never changed by vmplan itself.";
    node.commands = {steps::verify_disk("verify", disk.path, model::to_text(disk.format))};
  }
  node.probe = {steps::check_file("present", disk.path)};
  node.outputs = {{disk.path, true}};
  node.spec = json_object({{"backing", backing_spec(facts, disk)},
                           {"format", model::to_text(disk.format)},
                           {"made", disk.is_made()},
                           {"path", disk.path},
                           {"protect", vm.lifecycle.prevent_destroy},
                           {"size_bytes", disk.size ? disk.size->bytes().value : std::int64_t{0}}});
  finish(node);
  return node;
}

}  // namespace vmplan::lower::qemu
