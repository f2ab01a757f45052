// SPDX-License-Identifier: Apache-2.0
// Profile -> canonical TOML, the document whose SHA-256 is the profile_hash (docs/plan-format.md).
#pragma once

#include <string>

#include "compiler/model/profile.h"

namespace vmplan::model {

/// UTF-8, LF, one final LF. `schema_version` first; then one blank line and a header for each
/// section, sections and keys sorted bytewise, arrays of tables in the order of the profile.
/// Constant defaults are written out, also those of sections that are absent; derived values and
/// absent optionals are not; unknown keys do not exist. A fixed point: reading the result as a
/// profile gives the same bytes again. Requires: the profile was decoded without errors.
std::string canonical_toml(const Profile& profile);

}  // namespace vmplan::model
