// SPDX-License-Identifier: Apache-2.0
// Rows of `[[network.interfaces]]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kUserNetwork = "use `type = \"user\"` with `hostfwd`";
// tap and bridge are judged by a rule, which knows the network node that is missing.
constexpr Choice kInterfaceTypes[] = {{"user"}, {"none"}, {"tap"}, {"bridge"}};

constexpr Field<InterfaceSection> kInterfaceFields[] = {
    {{.name = "name", .doc = "name of the card, unique in the profile", .required = true},
     &InterfaceSection::name},
    {{.name = "type",
      .doc = "what the card is connected to; `none` makes no card and keeps its position",
      .required = true,
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
    {{.name = "network", .doc = "network of the lab"}, NotYet{FieldType::Text, kUserNetwork}},
    {{.name = "device", .doc = "tap or bridge of the host"}, NotYet{FieldType::Text, kUserNetwork}},
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
