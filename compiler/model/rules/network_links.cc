// SPDX-License-Identifier: Apache-2.0
// Rules on what a card is connected to: a network of the lab, or a device of the host.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/text.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/networks.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

std::string help_with_network(std::string_view name, const std::vector<std::string_view>& known,
                              bool single_file) {
  if (auto near = nearest(name, known)) return fmt::format("did you mean `{}`?", *near);
  if (!known.empty())
    return fmt::format("use one of `{}`, or add a `[networks.NAME]` to vmplan.toml",
                       join(known, "`, `"));
  return single_file
             ? "networks are declared in vmplan.toml, which a lab of one file has not: move "
               "the profile to `profiles/` of a directory"
             : "add `[networks.NAME]` with `mode` to vmplan.toml";
}

/// A card without network says itself what it is connected to.
void check_type(const InterfaceSection& card, const std::string& label, Diagnostics& diagnostics) {
  if (!card.type.present) {
    diagnostics.add({Code::MissingKey,
                     "`type` is missing in `[[network.interfaces]]`",
                     "in this section",
                     card.span,
                     {},
                     "add `type`, or the `network` of the lab that the card is on"});
  } else if (card.type.has() && *card.type == "socket") {
    diagnostics.add(
        {Code::NetworkMismatch,
         fmt::format("{} is a socket of no network", label),
         "nothing says which machines are to hear each other",
         card.type.span,
         {},
         "add `network`, and `[networks.NAME]` with `mode = \"socket\"` to vmplan.toml"});
  }
}

/// Whether a card may name a device, and why not.
std::optional<std::string> device_obstacle(const InterfaceSection& card, std::string_view kind) {
  if (kind == "tap" || (kind == "bridge" && !card.network.present)) return std::nullopt;
  if (kind == "bridge") return "its network says which bridge it is put into";
  return fmt::format("nothing of type `{}` would use it", kind);
}

}  // namespace

void card_networks(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& cards = vm.profile().interfaces;
  const bool knows_networks =
      vm.lab_file == nullptr || (vm.lab_file->readable && vm.lab_file->networks.sound);
  std::vector<std::string_view> known;
  if (vm.lab_file != nullptr)
    for (const NetworkSection& network : vm.lab_file->networks) known.push_back(network.key);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const InterfaceSection& card = cards[i];
    const std::string label = item_label("interface", card.name, i);
    if (!card.network.present) check_type(card, label, diagnostics);
    if (!card.network.has() || !knows_networks) continue;
    const NetworkSection* network = network_of(card, vm.lab_file);
    if (network == nullptr) {
      diagnostics.add(
          {Code::UnknownNetwork,
           fmt::format("network `{}` is not declared", *card.network),
           known.empty() ? "the lab declares no networks" : "no such network in vmplan.toml",
           card.network.span,
           {},
           help_with_network(*card.network, known, vm.frame->single_file)});
    } else if (card.type.has() && network->mode.has() && *card.type != *network->mode) {
      diagnostics.add(
          {Code::NetworkMismatch,
           fmt::format("{} is of type `{}`, and its network of mode `{}`", label, *card.type,
                       *network->mode),
           "not what its network says",
           card.type.span,
           {{fmt::format("network `{}` is declared here", network->key), network->mode.span}},
           *card.type == "none" ? "remove `network`, or `type`"
                                : "remove `type`: the network says it"});
    }
  }
}

void card_devices(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& cards = vm.profile().interfaces;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const InterfaceSection& card = cards[i];
    const std::string_view kind = kind_of(card, vm.lab_file);
    if (kind.empty()) continue;
    const std::string label = item_label("interface", card.name, i);
    if (!card.device.present) {
      if (card.network.present || (kind != "tap" && kind != "bridge")) continue;
      diagnostics.add(
          {Code::MissingKey,
           fmt::format("`device` is missing in {}", label),
           fmt::format("nothing says which {} of the host", kind),
           card.type.span,
           {},
           fmt::format("add the name of a {} that is there, or a `network` of the lab to have one "
                       "made",
                       kind)});
    } else if (card.device.has()) {
      if (auto obstacle = device_obstacle(card, kind)) {
        diagnostics.add({Code::BadDevice,
                         fmt::format("{} cannot name a device", label),
                         *obstacle,
                         card.device.span,
                         {},
                         "remove `device`"});
      } else if (auto fault = device_name_fault(*card.device)) {
        diagnostics.add({Code::BadDevice,
                         fmt::format("`{}` is no name of a {}", *card.device, kind),
                         *fault,
                         card.device.span,
                         {},
                         "write the name that `ip link` shows"});
      }
    }
  }
}

void unique_taps(const LabScope& lab, Diagnostics& diagnostics) {
  struct User {
    std::string_view vm;
    Span span;
  };
  std::map<std::string_view, User> seen;
  for (const MachineScope& vm : lab.machines)
    for (const InterfaceSection& card : vm.profile().interfaces) {
      const std::string_view tap = given_tap(card, vm.lab_file);
      if (tap.empty()) continue;
      auto [first, fresh] = seen.emplace(tap, User{vm.label, card.device.span});
      if (fresh) continue;
      diagnostics.add(
          {Code::DeviceTwice,
           fmt::format("tap `{}` is used twice", tap),
           fmt::format("machine {} uses it here", vm.label),
           card.device.span,
           {{fmt::format("machine {} uses it here", first->second.vm), first->second.span}},
           "give each interface a tap of its own"});
    }
}

}  // namespace vmplan::model::rules
