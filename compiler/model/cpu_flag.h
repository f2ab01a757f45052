// SPDX-License-Identifier: Apache-2.0
// `+aes` and `-svm`: a processor feature that a profile switches on or off.
#pragma once

#include <optional>
#include <string_view>

#include "compiler/model/lab.h"

namespace vmplan::model {

/// nullopt unless the text is `+` or `-` and a name of `[a-z0-9._-]`, starting with a letter.
std::optional<CpuFlag> read_cpu_flag(std::string_view text);

}  // namespace vmplan::model
