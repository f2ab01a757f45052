// SPDX-License-Identifier: Apache-2.0
// Whether two texts mean the same.
#pragma once

#include "compiler/syntax/document.h"

namespace vmplan::syntax {

/// True when both hold the same keys with the same values; the order of keys, comments and places
/// do not count. Floats and dates are compared as they are spelled.
bool same_document(const SourceMap& sources_a, const Document& a, const SourceMap& sources_b,
                   const Document& b);

}  // namespace vmplan::syntax
