// SPDX-License-Identifier: Apache-2.0
// What the field tables say, in words: shared by the reference page and the schemas.
#pragma once

#include <string>
#include <string_view>

#include "compiler/model/field.h"

namespace vmplan::model {

/// "restart": one word for a table.
std::string_view effect_word(Effect effect);
/// What a change of the field does: "A change restarts the machine."
std::string_view effect_sentence(Effect effect);

/// The section's path in the brackets of its shape: "[[storage.disks]]"; "" for the root.
std::string section_header(const SectionInfo& section);

}  // namespace vmplan::model
