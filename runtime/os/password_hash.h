// SPDX-License-Identifier: Apache-2.0
// What a guest keeps of a password, in place of it.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/secret_text.h"

namespace vmplan::os {

/// crypt(3) with SHA-512: "$6$rounds=...$SALT$...", which guests of any age can check. The same for
/// the same password and salt. Requires: the salt is 1 to 16 of [A-Za-z0-9./].
/// Errors: NotFound without the library; Failed.
Result<SecretText> password_hash(const SecretText& password, std::string_view salt);

}  // namespace vmplan::os
