// SPDX-License-Identifier: Apache-2.0
// Document -> typed file, driven by the field tables. It knows no rule between two fields.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/base/diagnostic.h"
#include "compiler/model/lab_file.h"
#include "compiler/model/profile.h"
#include "compiler/syntax/document.h"

namespace vmplan::model {

/// Fills every field: written values, constant defaults, or nothing. nullopt: the file is of
/// another schema. `path` names the file in advice. Errors: VP03xx.
std::optional<Profile> decode_profile(const syntax::Document& document, std::string_view path,
                                      Diagnostics& diagnostics);
/// Judges the values of sections that are part of a profile; nothing has to be there.
/// Errors: VP03xx.
void check_partial_profile(const syntax::Document& document, std::string_view path,
                           Diagnostics& diagnostics);
std::optional<LabFile> decode_lab_file(const syntax::Document& document, std::string_view path,
                                       Diagnostics& diagnostics);

}  // namespace vmplan::model
