// SPDX-License-Identifier: Apache-2.0
// JSON for people: the members and order of canonical JSON, laid out in lines. Never hashed.
#pragma once

#include <string>

#include "compiler/base/json.h"

namespace vmplan {

/// `value` with an indentation of two spaces and a final line feed. What fits into a line of 100
/// columns stays on one.
std::string pretty(const Json& value);

}  // namespace vmplan
