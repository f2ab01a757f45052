// SPDX-License-Identifier: Apache-2.0
// Rules on network cards, within one machine and between machines.
#include <fmt/format.h>

#include <map>

#include "compiler/model/hostfwd.h"
#include "compiler/model/limits.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/networks.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

struct BoundPort {
  HostForward forward;
  std::string_view vm;
  Span span;
};

/// Every forward of the lab that can be read, in the order of the files.
std::vector<BoundPort> bound_ports(const LabScope& lab) {
  std::vector<BoundPort> out;
  for (const MachineScope& vm : lab.machines)
    for (const InterfaceSection& card : vm.profile().interfaces) {
      if (kind_of(card, vm.lab_file) != "user" || !card.hostfwd.has()) continue;
      for (const ListItem& item : *card.hostfwd)
        if (auto reading = read_host_forward(item.text); reading.forward)
          out.push_back({*reading.forward, vm.label, item.span});
    }
  return out;
}

}  // namespace

void host_forwards(const MachineScope& vm, Diagnostics& diagnostics) {
  for (const InterfaceSection& card : vm.profile().interfaces) {
    if (!card.hostfwd.has()) continue;
    for (const ListItem& item : *card.hostfwd) {
      HostForwardReading reading = read_host_forward(item.text);
      if (!reading.forward) {
        diagnostics.add(
            {Code::BadHostForward,
             fmt::format("`{}` is no port forward", item.text),
             reading.fault,
             item.span,
             {},
             fmt::format("write `{}`, for example `tcp:127.0.0.1:2222-:22`", kHostForwardGrammar)});
      } else if (reading.forward->host_address == "0.0.0.0") {
        HostForward narrow = *reading.forward;
        narrow.host_address = "127.0.0.1";
        diagnostics.add({Code::HostForwardAnyAddress,
                         fmt::format("port {} of every network of the host leads into machine {}",
                                     narrow.host_port, vm.label),
                         "0.0.0.0 is reachable from outside",
                         item.span,
                         {},
                         fmt::format("write `{}` unless that is meant", to_text(narrow))});
      }
    }
  }
}

void forwards_need_user(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& cards = vm.profile().interfaces;
  for (std::size_t i = 0; i < cards.size(); ++i) {
    const std::string_view kind = kind_of(cards[i], vm.lab_file);
    if (kind.empty() || kind == "user") continue;
    if (!cards[i].hostfwd.has() || cards[i].hostfwd->empty()) continue;
    diagnostics.add({Code::NotAUserNetwork,
                     fmt::format("{} forwards ports, but is no user network",
                                 item_label("interface", cards[i].name, i)),
                     "only user networks forward ports",
                     cards[i].hostfwd.span,
                     {{fmt::format("its type is `{}`", kind),
                       cards[i].type.has() ? cards[i].type.span : cards[i].network.span}},
                     "write `type = \"user\"`, or remove `hostfwd`"});
  }
}

void mac_addresses(const MachineScope& vm, Diagnostics& diagnostics) {
  for (const InterfaceSection& card : vm.profile().interfaces) {
    if (!card.mac.has()) continue;
    auto mac = read_mac(*card.mac);
    if (!mac) {
      diagnostics.add({Code::BadMac,
                       fmt::format("`{}` is no MAC address", *card.mac),
                       "expected six pairs of hex digits",
                       card.mac.span,
                       {},
                       "write it as `52:54:00:12:34:56`, or leave `mac` out to have one derived"});
    } else if (*mac == MacAddress{}) {
      diagnostics.add({Code::BadMac,
                       "the zero address is no MAC address",
                       "QEMU would choose one of its own",
                       card.mac.span,
                       {},
                       "leave `mac` out to have one derived"});
    } else if (is_multicast(*mac)) {
      (*mac)[0] = static_cast<std::uint8_t>((*mac)[0] & 0xFEU);
      diagnostics.add(
          {Code::BadMac,
           fmt::format("`{}` is a multicast address", *card.mac),
           "the lowest bit of its first byte is set",
           card.mac.span,
           {},
           fmt::format("write `{}`, or leave `mac` out to have one derived", to_text(*mac))});
    }
  }
}

void interface_count(const MachineScope& vm, Diagnostics& diagnostics) {
  const auto& cards = vm.profile().interfaces;
  const WrittenText& arch = vm.profile().hardware.arch;
  const std::size_t most = limits_of(arch.has() ? *arch : std::string()).interfaces;
  if (cards.size() <= most) return;
  diagnostics.add({Code::TooManyDevices,
                   fmt::format("machine {} has {} interfaces; at most {} are possible", vm.label,
                               cards.size(), most),
                   fmt::format("interface {}", most + 1),
                   cards[most].span,
                   {},
                   "remove interfaces, or spread them over several machines"});
}

void unique_ports(const LabScope& lab, Diagnostics& diagnostics) {
  std::multimap<std::uint16_t, BoundPort> by_port;
  for (BoundPort& port : bound_ports(lab)) {
    auto [begin, end] = by_port.equal_range(port.forward.host_port);
    for (auto other = begin; other != end; ++other) {
      if (!overlaps(other->second.forward, port.forward)) continue;
      diagnostics.add(
          {Code::HostPortTwice,
           fmt::format("port {} of the host is forwarded twice", port.forward.host_port),
           fmt::format("machine {} takes it here", port.vm),
           port.span,
           {{fmt::format("machine {} takes it here", other->second.vm), other->second.span}},
           "choose another host port for one of them"});
      break;
    }
    by_port.emplace(port.forward.host_port, port);
  }
}

void unique_macs(const LabScope& lab, Diagnostics& diagnostics) {
  struct Card {
    std::string label;
    Span span;
  };
  std::map<MacAddress, Card> seen;
  for (const MachineScope& vm : lab.machines) {
    if (!vm.places) continue;
    for (const InterfaceSection& card : vm.profile().interfaces) {
      const std::string_view kind = kind_of(card, vm.lab_file);
      if (kind.empty() || kind == "none") continue;
      if (!card.name.has() || name_fault(*card.name) || card.mac.is_invalid()) continue;
      bool derived = !card.mac.has();
      auto mac = derived ? derive_mac(lab.frame->identity, *vm.profile().vm.name, *card.name)
                         : read_mac(*card.mac);
      if (!mac) continue;
      Span span = derived ? card.name.span : card.mac.span;
      auto [first, fresh] = seen.emplace(*mac, Card{fmt::format("machine {}", vm.label), span});
      if (fresh) continue;
      diagnostics.add(
          {Code::DuplicateMac,
           fmt::format("MAC address {} is used twice", to_text(*mac)),
           fmt::format("{} here, by machine {}", derived ? "derived" : "given", vm.label),
           span,
           {{fmt::format("also used by {}", first->second.label), first->second.span}},
           "set another `mac` at one of them"});
    }
  }
}

}  // namespace vmplan::model::rules
