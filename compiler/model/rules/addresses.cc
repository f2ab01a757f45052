// SPDX-License-Identifier: Apache-2.0
// Rules on the IPv4 addresses of cards, within one machine and between machines.
#include <fmt/format.h>

#include <map>

#include "compiler/model/identity.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/networks.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

std::string range_text(const Ipv4Subnet& subnet) {
  return fmt::format("write an address from {} to {}", ipv4_text(subnet.network + 1),
                     ipv4_text(subnet.last() - 1));
}

}  // namespace

void card_addresses(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& cards = vm.profile().interfaces;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const InterfaceSection& card = cards[i];
    if (!card.address.has()) continue;
    const NetworkSection* network = network_of(card, vm.lab_file);
    auto bad = [&](std::string summary, std::string detail, std::string help) {
      diagnostics.add({Code::BadAddress,
                       std::move(summary),
                       std::move(detail),
                       card.address.span,
                       {},
                       std::move(help)});
    };
    auto address = read_ipv4(*card.address);
    if (!address) {
      bad(fmt::format("`{}` is no IPv4 address", *card.address),
          "expected four numbers from 0 to 255",
          "write it as `10.20.0.5`, or leave `address` out to have one derived");
    } else if (!card.network.present || (network != nullptr && !network->subnet.present)) {
      bad(fmt::format("{} has an address, and its network no subnet",
                      item_label("interface", card.name, i)),
          "nothing says which addresses are its neighbours",
          "add `subnet` to its `[networks.NAME]` in vmplan.toml");
    } else if (auto subnet = subnet_of(card, vm.lab_file); subnet && !subnet->is_host(*address)) {
      bad(fmt::format("`{}` is no address of network `{}`", *card.address, network->key),
          fmt::format("its subnet is {}", *network->subnet), range_text(*subnet));
    }
  }
}

void unique_addresses(const LabScope& lab, Diagnostics& diagnostics) {
  struct Card {
    std::string label;
    Span span;
  };
  std::map<Ipv4Address, Card> seen;
  for (const MachineScope& vm : lab.machines) {
    if (!vm.places) continue;
    for (const InterfaceSection& card : vm.profile().interfaces) {
      auto subnet = subnet_of(card, vm.lab_file);
      const bool named = card.name.has() && !name_fault(*card.name);
      if (!subnet || !named || card.address.is_invalid()) continue;
      const bool derived = !card.address.has();
      auto address =
          derived ? derive_address(lab.frame->identity, *vm.profile().vm.name, *card.name, *subnet)
                  : read_ipv4(*card.address);
      if (!address) continue;
      const Span span = derived ? card.name.span : card.address.span;
      auto [first, fresh] = seen.emplace(*address, Card{fmt::format("machine {}", vm.label), span});
      if (fresh) continue;
      diagnostics.add(
          {Code::AddressTwice,
           fmt::format("address {} is used twice", ipv4_text(*address)),
           fmt::format("{} here, by machine {}", derived ? "derived" : "given", vm.label),
           span,
           {{fmt::format("also used by {}", first->second.label), first->second.span}},
           "write another `address` at one of them"});
    }
  }
}

}  // namespace vmplan::model::rules
