// SPDX-License-Identifier: Apache-2.0
// The text of one ordinary profile.
#pragma once

#include <string>

namespace vmplan::test {

/// A profile without fault: TCG, one made boot disk, `extra` appended.
std::string sample_profile(const std::string& name, const std::string& extra = "");

}  // namespace vmplan::test
