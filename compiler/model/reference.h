// SPDX-License-Identifier: Apache-2.0
// The reference page of the language, from the same tables that decode it.
#pragma once

#include <string>

namespace vmplan::model {

/// docs/profile.md, in Markdown: every key of a profile and of `vmplan.toml`.
std::string profile_reference();

}  // namespace vmplan::model
