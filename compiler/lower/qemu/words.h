// SPDX-License-Identifier: Apache-2.0
// Appending to a command line: what the files that write parts of QEMU's argv share.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/json_writer.h"

namespace vmplan::lower::qemu {

using Argv = std::vector<std::string>;

inline void append(Argv& argv, std::string option, std::string value) {
  argv.push_back(std::move(option));
  argv.push_back(std::move(value));
}

/// For the options that take JSON; no value in it can be read as another option.
inline void append_json(Argv& argv, std::string option, const Json& document) {
  append(argv, std::move(option), canonical(document));
}

}  // namespace vmplan::lower::qemu
