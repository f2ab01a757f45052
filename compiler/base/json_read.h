// SPDX-License-Identifier: Apache-2.0
// Reading JSON: our own documents strictly, other programs' documents leniently.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/json.h"
#include "compiler/base/result.h"

namespace vmplan {

/// Deepest nesting that any reader accepts.
inline constexpr int kMaxJsonDepth = 64;

/// Reads a document that vmplan wrote: no floats, no null, integers within +-(2^53-1), and the
/// bytes must be the canonical spelling of the value, so duplicate keys and other spellings are
/// refused. Errors: ErrorKind::Corrupt with the reason.
Result<Json> read_canonical_json(std::string_view bytes);

/// Reads a document written by people or other programs. Any spelling and white space are accepted;
/// duplicate keys are refused; members whose value is null are left out; a number that is no
/// integer becomes its text, as a string.
/// Errors: ErrorKind::Corrupt with the reason.
Result<Json> read_foreign_json(std::string_view bytes);

}  // namespace vmplan
