// SPDX-License-Identifier: Apache-2.0
// Reports what guest_text.h finds, for the fields of any section about a guest.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/model/rules/scope.h"

namespace vmplan::model::rules {

using GuestTextFault = std::optional<std::string> (*)(std::string_view);

/// `what` is "host name", `help` what to write instead. Errors: BadGuestSetting.
void guest_setting(std::string_view key, const WrittenText& field, GuestTextFault fault_of,
                   std::string_view what, std::string_view help, Diagnostics& diagnostics);

/// The same for each text of a list, none of which may stand there twice.
/// Errors: BadGuestSetting, DuplicateItem.
void guest_list(std::string_view key, const WrittenList& field, GuestTextFault fault_of,
                std::string_view what, std::string_view help, Diagnostics& diagnostics);

/// Only that none stands there twice. Errors: DuplicateItem.
void no_repeats(std::string_view key, const WrittenList& field, Diagnostics& diagnostics);

}  // namespace vmplan::model::rules
