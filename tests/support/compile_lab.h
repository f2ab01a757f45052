// SPDX-License-Identifier: Apache-2.0
// A lab in memory, sent through the whole compiler.
#pragma once

#include <map>
#include <string>

#include "compiler/compile.h"

namespace vmplan::test {

/// Compiles a lab given by path and text. Throws with all findings when it has errors.
Compiled compile_lab(const std::map<std::string, std::string>& files,
                     const model::LabRequest& request = {});

/// The same for files of any kind.
Compiled compile_lab(const FileReader& files, const model::LabRequest& request);

}  // namespace vmplan::test
