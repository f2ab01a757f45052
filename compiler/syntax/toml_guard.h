// SPDX-License-Identifier: Apache-2.0
// What must hold before a text may reach the TOML library, whose recursion follows its input. It
// knows strings, comments, dots and brackets, and no other grammar.
#pragma once

#include <cstddef>
#include <string_view>

#include "compiler/base/diagnostic.h"

namespace vmplan::syntax {

inline constexpr std::size_t kMaxTomlBytes = 4U << 20U;
inline constexpr std::size_t kMaxKeyParts = 64;
inline constexpr std::size_t kMaxNesting = 64;

/// The finding that a text, called `name`, is too long.
Diagnostic file_too_large(std::string_view name, std::size_t bytes);

/// True when the text is safe to parse.
/// Errors: FileTooLarge, NotUtf8, KeyTooManyParts, NestedTooDeep (the first that is found).
bool is_safe_toml(const SourceMap& sources, SourceId id, Diagnostics& diagnostics);

}  // namespace vmplan::syntax
