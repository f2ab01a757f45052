// SPDX-License-Identifier: Apache-2.0
// `[defaults]` of vmplan.toml: what every profile of the lab says unless it says otherwise.
#pragma once

#include <string_view>

#include "compiler/base/diagnostic.h"
#include "compiler/model/lab_file.h"
#include "compiler/syntax/document.h"

namespace vmplan::model {

inline constexpr std::string_view kDefaults = "defaults";

/// Takes the table from `vmplan.toml`, without what cannot be a default. `path` names the file in
/// advice. Errors: VP03xx for its values, whether or not a profile says otherwise.
void decode_defaults(const syntax::Document& document, std::string_view path, DefaultsSection& out,
                     Diagnostics& diagnostics);

/// Lays the profile, whole with all it builds on, over the defaults.
void lay_over(const DefaultsSection& defaults, syntax::Document& profile);

}  // namespace vmplan::model
