// SPDX-License-Identifier: Apache-2.0
// Secrets of steps: fetched at the moment of use, kept nowhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/command_plan.h"
#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

/// Every secret of a step can be had now. Errors: those of os::fetch_secret(), naming the secret.
Status check_secrets(const plan::Step& step, const LabHost& host);

/// The bytes of a cloud-config document whose passwords are hashes: an object
/// `{"reference":R,"salt":S,"secret":NAME}` at `hashed_passwd` of a user is replaced, by structure.
/// A document without any comes back as it is. `declared` as in StepContext.
/// Errors: Refused when NAME is not declared with that reference; as check_secrets().
Result<os::SecretText> with_passwords(std::string_view cloud_config,
                                      const std::optional<std::vector<plan::SecretUse>>& declared,
                                      const LabHost& host);

}  // namespace vmplan::exec
