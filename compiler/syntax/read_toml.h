// SPDX-License-Identifier: Apache-2.0
// TOML 1.0 text -> Document. The adapter is the only place that includes toml++.
#pragma once

#include <optional>

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/document.h"

namespace vmplan::syntax {

/// Reads one source. A byte order mark and CRLF line ends are accepted.
/// Errors: everything toml_guard.h refuses; TomlSyntax (the first one of the file only).
std::optional<Document> read_toml(const SourceMap& sources, SourceId id, Diagnostics& diagnostics);

}  // namespace vmplan::syntax
