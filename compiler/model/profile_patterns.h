// SPDX-License-Identifier: Apache-2.0
// Which files of a lab are profiles: literal directories and one glob in the last segment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/file_reader.h"

namespace vmplan::model {

inline constexpr std::string_view kDefaultProfilePattern = "profiles/*.toml";

/// Why `pattern` cannot be used; nullopt when it can.
std::optional<std::string> pattern_fault(std::string_view pattern);

/// True when the pattern is the name of one file.
bool is_literal(std::string_view pattern);

/// Files that match, sorted bytewise, relative to the lab root. Hidden files and `vmplan.toml`
/// never match. Requires: the pattern has no fault.
/// Errors: those of FileReader::list; NotFound when there is no such directory.
Result<std::vector<std::string>> matching_files(std::string_view pattern, const FileReader& files);

}  // namespace vmplan::model
