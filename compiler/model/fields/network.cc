// SPDX-License-Identifier: Apache-2.0
// Rows of `[[network.interfaces]]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Choice kInterfaceTypes[] = {{"user"}, {"none"}, {"socket"}, {"tap"}, {"bridge"}};

constexpr Field<InterfaceSection> kInterfaceFields[] = {
    {{.name = "name", .doc = "name of the card, unique in the profile", .required = true},
     &InterfaceSection::name},
    {{.name = "type",
      .doc = "what the card is connected to; `none` makes no card and keeps its position",
      .absent = "the `mode` of its `network`; without a network it must be there",
      .choices = kInterfaceTypes},
     &InterfaceSection::type},
    {{.name = "hostfwd",
      .doc = "ports of the host that lead into the guest: `tcp:127.0.0.1:2222-:22`",
      .fallback = EmptyList{}},
     &InterfaceSection::hostfwd},
    {{.name = "mac",
      .doc = "MAC address",
      .absent = "derived from lab, instance, machine and card name"},
     &InterfaceSection::mac},
    {{.name = "network", .doc = "network of the lab, as `[networks.NAME]` declares it"},
     &InterfaceSection::network},
    {{.name = "device",
      .doc = "tap of the host, or bridge that a tap is put into: one that is there already, which "
             "vmplan neither makes nor removes"},
     &InterfaceSection::device},
    {{.name = "address",
      .doc = "IPv4 address of the card, out of the `subnet` of its network",
      .absent = "derived from lab, instance, machine and card name",
      .effect = Effect::Record},
     &InterfaceSection::address},
    {{.name = "model", .doc = "card model"},
     NotYet{FieldType::Text, "leave it out: cards are virtio-net-pci"}},
    {{.name = "queues", .doc = "queues of the card"}, NotYet{FieldType::Integer, "leave it out"}},
    {{.name = "mtu", .doc = "largest packet"}, NotYet{FieldType::Integer, "leave it out"}},
    {{.name = "slot", .doc = "fixed position of the device"},
     NotYet{FieldType::Integer, "leave it out: the position in the profile decides"}},
};

}  // namespace

template <>
const SectionTable<InterfaceSection>& section_table() {
  static constexpr SectionTable<InterfaceSection> kTable{
      {.path = "network.interfaces",
       .shape = SectionShape::TableArray,
       .doc = "network cards, in the guest's order"},
      kInterfaceFields};
  return kTable;
}

}  // namespace vmplan::model
