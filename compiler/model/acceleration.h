// SPDX-License-Identifier: Apache-2.0
// Which accelerator a machine runs under, given what its platform offers.
#pragma once

#include <optional>

#include "compiler/model/lab.h"
#include "compiler/model/profile.h"

namespace vmplan::model {

/// nullopt when the field is wrong.
std::optional<AccelerationRequest> requested_acceleration(const Profile& profile);

/// nullopt when the platform does not offer what was asked for to guests of that architecture.
std::optional<Acceleration> resolve_acceleration(AccelerationRequest request,
                                                 const Platform& platform,
                                                 std::string_view guest_arch);

}  // namespace vmplan::model
