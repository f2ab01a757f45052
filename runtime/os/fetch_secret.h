// SPDX-License-Identifier: Apache-2.0
// A secret from where the user keeps it: vmplan's own environment, or a file. It keeps none.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/secret_text.h"

namespace vmplan::os {

/// `reference` is "env:NAME" or "file:PATH"; a path that is not absolute lies below `root`. One
/// line feed at the end is no part of the secret. Errors, none of which holds a value: NotFound;
/// Denied for a file that others than its owner may read; Refused for an empty secret, one with
/// NUL, one of more than 64 KiB, and what is no regular file; Io.
Result<SecretText> fetch_secret(std::string_view reference, const std::string& root);

}  // namespace vmplan::os
