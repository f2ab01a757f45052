// SPDX-License-Identifier: Apache-2.0
// Which platform a lab is built for. The host has no say.
#pragma once

#include <optional>

#include "compiler/base/diagnostic.h"
#include "compiler/model/model.h"

namespace vmplan::model {

/// The request's platform; else that of `[lab] platform`; else `linux-x86_64-tcg` when every
/// profile asks for tcg; else `linux-x86_64-kvm`. nullopt when it cannot be told. Errors:
/// UnknownPlatform, NotBuiltYet.
std::optional<Platform> choose_platform(const LabRequest& request, const LabSources& sources,
                                        Diagnostics& diagnostics);

}  // namespace vmplan::model
