// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/link.h"

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/plan/keys.h"
#include "compiler/plan/verify.h"

namespace vmplan::lower {
namespace {

/// Moves the nodes of all units into the plan, sorted by id. Units are emptied on the way, so that
/// no node is held twice.
void take_nodes(std::vector<Unit> units, plan::Plan& plan) {
  std::size_t count = 0;
  for (const Unit& unit : units) count += unit.nodes.size();
  plan.nodes.reserve(count);
  for (Unit& unit : units) {
    for (plan::CommandPlan& node : unit.nodes) plan.nodes.push(std::move(node));
    unit.nodes = {};
    plan.blobs.merge(unit.blobs);
  }
  std::sort(plan.nodes.begin(), plan.nodes.end(),
            [](const plan::CommandPlan& a, const plan::CommandPlan& b) { return a.id < b.id; });
}

}  // namespace

plan::Plan link(const model::Lab& lab, std::vector<Unit> units) {
  plan::Plan plan;
  plan.lab = lab.name;
  plan.generator = "vmplan " VMPLAN_VERSION;
  plan.platform = model::to_json(lab.platform);
  plan.paths_allow = lab.paths_allow;
  for (const model::Vm& vm : lab.vms) plan.profiles[vm.name] = {vm.source, vm.profile_hash};
  take_nodes(std::move(units), plan);
  auto twice = std::adjacent_find(
      plan.nodes.begin(), plan.nodes.end(),
      [](const plan::CommandPlan& a, const plan::CommandPlan& b) { return a.id == b.id; });
  if (twice != plan.nodes.end()) throw InternalError("two nodes are called " + twice->id);
  plan::compute_keys(plan);
  return plan;
}

}  // namespace vmplan::lower
