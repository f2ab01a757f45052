// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/network_node.h"

#include <fmt/format.h>

#include "compiler/base/digest.h"
#include "compiler/lower/node.h"
#include "compiler/lower/steps.h"
#include "compiler/model/networks.h"

namespace vmplan::lower {
namespace {

/// Longest alias of a device. Source: Linux, include/uapi/linux/if.h, IFALIASZ, without its NUL.
constexpr std::size_t kLongestAlias = 255;

/// A step that runs `ip WORDS...`. It may run again: `ip` makes no device that is there, and what
/// it sets may be set twice.
plan::Step ip(std::string step_id, std::vector<std::string> words) {
  plan::Step step;
  step.step_id = std::move(step_id);
  step.argv = {"ip"};
  for (std::string& word : words) step.argv.push_back(std::move(word));
  step.timeout_seconds = 60;
  step.idempotent = true;
  return step;
}

/// A device of the host, with the steps that make it and take it away.
struct Link {
  std::string device;
  std::string mark;
  std::string bridge;
  /// Makes the device, and does nothing to one that is there.
  plan::Step add;
};

plan::Step check(const std::string& step_id, const plan::CommandPlan& node, const Link& link,
                 const std::string& bridge = {}) {
  return steps::check_link(step_id, link.device, link.mark, node.id, bridge);
}

plan::Step look(const std::string& step_id, const plan::CommandPlan& node, const Link& link) {
  plan::Step step = check(step_id, node, link);
  step.expected_exit_codes = {0, steps::kLinkAbsent};
  return step;
}

/// Look, add, verify, mark: whatever the device is when a step ends, the next run goes on from
/// there. A device that is somebody else's stops the first step, and the third if it appeared in
/// between; one that vmplan made and could not mark any more is known by the journal of the second.
void add_steps(plan::CommandPlan& node, Link link) {
  node.commands = {
      look(std::string(plan::kLookForLink), node, link),
      link.add,
      check("verify", node, link),
      ip("mark", {"link", "set", "dev", link.device, "alias", link.mark}),
  };
  if (!link.bridge.empty())
    node.commands.push_back(ip("join", {"link", "set", "dev", link.device, "master", link.bridge}));
  node.commands.push_back(ip("up", {"link", "set", "dev", link.device, "up"}));
  plan::Step remove = ip("delete", {"link", "delete", "dev", link.device});
  remove.expected_exit_codes = {0, 1};  // 1: there is no such device
  node.rollback = {look("look-again", node, link), std::move(remove)};
  node.probe = {check("present", node, link, link.bridge)};
  node.spec = json_object({{"bridge", link.bridge}, {"device", link.device}, {"mark", link.mark}});
}

}  // namespace

std::string link_mark(const LabFacts& facts, const std::string& node_id) {
  std::string mark = fmt::format("{} {}", facts.owner, node_id);
  if (mark.size() <= kLongestAlias) return mark;
  // Names of full length: the digest tells apart what the shortened text does not.
  const std::string digest = sha256(mark).hex();
  return mark.substr(0, kLongestAlias - digest.size() - 1) + " " + digest;
}

plan::CommandPlan bridge_node(const LabFacts& facts, const model::Bridge& bridge) {
  plan::CommandPlan node;
  node.id = model::network_node_id(bridge.network);
  node.kind = "bridge";
  plan::Step add =
      ip(std::string(plan::kAddLink), {"link", "add", "name", bridge.device, "type", "bridge"});
  add.expected_exit_codes = {0, 2};  // 2: a device of this name is there
  add_steps(node, {bridge.device, link_mark(facts, node.id), "", std::move(add)});
  node.display.title = "Make network " + bridge.network;
  node.display.explanation =
      "Makes a bridge on the host and marks it as this lab's. A device of that name that does not "
      "carry the mark is left alone, now and later.";
  finish(node);
  return node;
}

bool makes_tap(const model::Nic& nic) { return nic.kind == model::NicKind::Tap && nic.tap.is_made; }

plan::CommandPlan tap_node(const model::Vm& vm, const model::Nic& nic, const LabFacts& facts) {
  plan::CommandPlan node;
  node.id = model::tap_node_id(vm.name, nic.name);
  node.kind = "tap";
  if (nic.network_is_made) node.deps = {model::network_node_id(nic.network)};
  plan::Step add =
      ip(std::string(plan::kAddLink), {"tuntap", "add", "dev", nic.tap.name, "mode", "tap"});
  add.expected_exit_codes = {0, 1};  // 1: a device of this name is there
  add_steps(node, {nic.tap.name, link_mark(facts, node.id), nic.tap.bridge, std::move(add)});
  node.display.title = fmt::format("Make tap {} of {}", nic.name, vm.name);
  node.display.explanation =
      "Makes a tap on the host, which QEMU opens, and marks it as this lab's.";
  finish(node);
  return node;
}

Unit lower_networks(const model::Lab& lab) {
  LabFacts facts = facts_of(lab);
  Unit unit;
  for (const model::Bridge& bridge : lab.bridges) unit.nodes.push_back(bridge_node(facts, bridge));
  return unit;
}

}  // namespace vmplan::lower
