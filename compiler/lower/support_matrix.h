// SPDX-License-Identifier: Apache-2.0
// What the back ends can express, as a page, beside what the language has words for.
#pragma once

#include <string>

namespace vmplan::lower {

/// docs/backends.md, in Markdown: a row per word of the language, a column per back end.
std::string support_matrix();

}  // namespace vmplan::lower
