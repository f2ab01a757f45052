// SPDX-License-Identifier: Apache-2.0
// Sections of a profile that are announced and not built.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr SectionInfo kPlannedSections[] = {
    {.path = "firmware",
     .doc = "UEFI and secure boot",
     .instead = "leave it out: machines boot with the firmware of their platform"},
    {.path = "tpm", .doc = "trusted platform module", .instead = "leave it out"},
    {.path = "agent", .doc = "guest agent channel", .instead = "leave it out"},
    {.path = "vsock", .doc = "host-guest sockets", .instead = "leave it out, and use `hostfwd`"},
    {.path = "display", .doc = "graphics", .instead = "leave it out, and use the serial console"},
};

}  // namespace

std::span<const SectionInfo> planned_profile_sections() { return kPlannedSections; }

}  // namespace vmplan::model
