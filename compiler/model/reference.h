// SPDX-License-Identifier: Apache-2.0
// The reference page of the language, from the same tables that decode it.
#pragma once

#include <string>

namespace vmplan::model {

/// docs/language.md, in Markdown.
std::string language_reference();

}  // namespace vmplan::model
