// SPDX-License-Identifier: Apache-2.0
// The page that explains every diagnostic code: docs/diagnostics.md.
#pragma once

#include <string>

namespace vmplan {

/// Markdown: one heading and one paragraph for each code, ordered by id.
std::string diagnostics_reference();

}  // namespace vmplan
