// SPDX-License-Identifier: Apache-2.0
// Diagnostics for people (source line, caret, what to do) and for programs (JSON).
#pragma once

#include <string>

#include "compiler/base/diagnostic.h"
#include "compiler/base/json.h"

namespace vmplan {

enum class Colour : std::uint8_t { Off, On };

/// One finding as text, ending in a line feed:
///     error[VP0302]: `memory_mb` must be an integer
///       --> profiles/web.toml:7:13
///        |
///      7 | memory_mb = "2048"
///        |             ^^^^^^ expected an integer, found a string
///        |
///        = note: ...
///        = help: ...
std::string render(const Diagnostic& diagnostic, const SourceMap& sources,
                   Colour colour = Colour::Off);

/// All findings, a blank line between two. At most `limit` are shown, errors rather than warnings,
/// then the number of the others.
std::string render(const Diagnostics& diagnostics, const SourceMap& sources,
                   Colour colour = Colour::Off, std::size_t limit = 50);

/// `{"code","severity","summary","detail","file","line","column","end_line","end_column","notes","suggestion"}`
/// per finding, in order.
Json to_json(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace vmplan
