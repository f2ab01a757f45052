// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/link.h"

#include <algorithm>
#include <iterator>

#include "compiler/base/result.h"
#include "compiler/plan/keys.h"
#include "compiler/plan/verify.h"

namespace vmplan::lower {
namespace {

std::vector<plan::CommandPlan> all_nodes(std::vector<Unit> units) {
  std::vector<plan::CommandPlan> nodes;
  for (Unit& unit : units)
    nodes.insert(nodes.end(), std::make_move_iterator(unit.nodes.begin()),
                 std::make_move_iterator(unit.nodes.end()));
  std::sort(nodes.begin(), nodes.end(),
            [](const plan::CommandPlan& a, const plan::CommandPlan& b) { return a.id < b.id; });
  return nodes;
}

}  // namespace

plan::Plan link(const model::Lab& lab, std::vector<Unit> units) {
  plan::Plan plan;
  plan.lab = lab.name;
  plan.generator = "vmplan " VMPLAN_VERSION;
  plan.platform = model::to_json(lab.platform);
  plan.paths_allow = lab.paths_allow;
  for (const model::Vm& vm : lab.vms) plan.profiles[vm.name] = {vm.source, vm.profile_hash};
  plan.nodes.reserve(units.size() * 2);
  for (plan::CommandPlan& node : all_nodes(std::move(units))) {
    if (!plan.nodes.empty() && (plan.nodes.end() - 1)->id == node.id)
      throw InternalError("two nodes are called " + node.id);
    plan.nodes.push(std::move(node));
  }
  plan::compute_keys(plan);
  return plan;
}

}  // namespace vmplan::lower
