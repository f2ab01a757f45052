// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of the files that people write, from the tables that decode them. They say what one
// field may hold; rules between fields are not in them.
#pragma once

#include "compiler/base/json.h"

namespace vmplan::model {

/// Of a profile. Draft 4, the only draft that most TOML editors understand. A text that it refuses
/// is refused by read_profile() too; a key that it does not know is left alone, as there.
/// Source: json-schema.org/specification-links, draft 4
Json profile_schema();

/// Of `vmplan.toml`, likewise.
Json lab_file_schema();

}  // namespace vmplan::model
