// SPDX-License-Identifier: Apache-2.0
#include "compiler/compile.h"

#include "compiler/lower/backend.h"
#include "compiler/lower/image_node.h"
#include "compiler/lower/link.h"
#include "compiler/lower/network_node.h"
#include "compiler/model/complete_images.h"

namespace vmplan {
namespace {

/// One unit per machine, one for the images of the lab and one for its networks.
std::vector<lower::Unit> lower_units(const model::Lab& lab, const ForEach& for_each,
                                     Diagnostics& diagnostics) {
  std::vector<lower::Unit> units(lab.vms.size());
  std::vector<Diagnostics> found(lab.vms.size());
  lower::LabFacts facts = lower::facts_of(lab);
  for_each(lab.vms.size(), [&](std::size_t i) {
    const model::Vm& vm = lab.vms[lab.vms.id_at(i)];
    const lower::Backend* backend = lower::find_backend(vm.backend);
    if (backend == nullptr)
      throw InternalError("the model let an unknown back end through: " + vm.backend);
    units[i] = backend->lower(vm, facts, found[i]);
  });
  units.push_back(lower::lower_images(lab));
  units.push_back(lower::lower_networks(lab));
  for (Diagnostics& each : found) diagnostics.append(std::move(each));
  return units;
}

plan::LockFile lock_of(const model::Lab& lab, const plan::Plan& plan) {
  plan::LockFile lock;
  lock.platform = lab.platform.name;
  lock.platform_digest = model::platform_digest(lab.platform);
  for (const model::InputFile& input : lab.hashed_inputs)
    lock.inputs.emplace(input.path, input.sha256);
  for (const model::Image& image : lab.images)
    if (image.recipe && image.sha256 && !image.pinned)
      lock.outputs.emplace(model::result_name(image), *image.sha256);
  for (const plan::CommandPlan& node : plan.nodes)
    lock.nodes.emplace_hint(lock.nodes.end(), node.id, node.key);
  return lock;
}

}  // namespace

std::optional<Compiled> compile(const model::LabRequest& request,
                                const model::LabSources& lab_sources, const FileReader& files,
                                const ForEach& for_each, const SourceMap& sources,
                                Diagnostics& diagnostics) {
  // Rules, defaults, derived values: from here on the lab is complete and frozen.
  std::optional<model::Lab> lab = model::resolve(request, lab_sources, files, diagnostics);
  std::vector<lower::Unit> units;
  // Each machine by itself: its nodes, sealed with their own digests.
  if (lab) units = lower_units(*lab, for_each, diagnostics);
  diagnostics.sort(sources);
  if (!lab || diagnostics.has_errors()) return std::nullopt;
  // Units into a plan: edges, keys. The only serial step after resolution.
  plan::Plan plan = lower::link(*lab, std::move(units));
  plan::LockFile lock = lock_of(*lab, plan);
  return Compiled{std::move(*lab), std::move(plan), std::move(lock)};
}

}  // namespace vmplan
