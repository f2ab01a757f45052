// SPDX-License-Identifier: Apache-2.0
// Version numbers that programs say of themselves, as text. Who asked them is not known here.
#pragma once

#include <string>
#include <string_view>

namespace vmplan::os {

/// "7.2.19" out of "QEMU emulator version 7.2.19 (Debian ...)", the answer to `--version`; empty
/// when there is none.
std::string version_in(std::string_view answer);
/// "7.2" of "7.2.19", by which QEMU names its machine types; empty when there are no two parts.
std::string release_of(std::string_view version);
/// Compares by numbers: "7.10" is more than "7.9".
bool is_at_least(std::string_view version, std::string_view wanted);

}  // namespace vmplan::os
