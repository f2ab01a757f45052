// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/networks.h"

#include <fmt/format.h>

#include <algorithm>

namespace vmplan::model {

const NetworkSection* network_of(const InterfaceSection& card, const LabFile* lab_file) {
  if (lab_file == nullptr || !card.network.has()) return nullptr;
  auto found =
      std::find_if(lab_file->networks.begin(), lab_file->networks.end(),
                   [&](const NetworkSection& network) { return network.key == *card.network; });
  return found == lab_file->networks.end() ? nullptr : &*found;
}

std::string_view kind_of(const InterfaceSection& card, const LabFile* lab_file) {
  if (card.type.present) return card.type.has() ? std::string_view(*card.type) : "";
  const NetworkSection* network = network_of(card, lab_file);
  return network != nullptr && network->mode.has() ? std::string_view(*network->mode) : "";
}

std::optional<Ipv4Subnet> subnet_of(const InterfaceSection& card, const LabFile* lab_file) {
  const NetworkSection* network = network_of(card, lab_file);
  if (network == nullptr || !network->subnet.has()) return std::nullopt;
  return read_subnet(*network->subnet).subnet;
}

std::string_view given_bridge(const InterfaceSection& card, const LabFile* lab_file) {
  if (kind_of(card, lab_file) != "bridge") return "";
  const NetworkSection* network = network_of(card, lab_file);
  const WrittenText& device = network == nullptr ? card.device : network->device;
  return device.has() ? std::string_view(*device) : "";
}

std::string_view given_tap(const InterfaceSection& card, const LabFile* lab_file) {
  const bool names_tap = kind_of(card, lab_file) == "tap" && card.device.has();
  return names_tap ? std::string_view(*card.device) : "";
}

std::string network_node_id(std::string_view network) { return fmt::format("net/{}", network); }

std::string tap_node_id(std::string_view vm, std::string_view card) {
  return fmt::format("tap/{}/{}", vm, card);
}

}  // namespace vmplan::model
