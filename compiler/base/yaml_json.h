// SPDX-License-Identifier: Apache-2.0
// JSON for programs that read YAML. Values are encoded, never pasted, so no text can become
// structure.
#pragma once

#include <string>

#include "compiler/base/json.h"

namespace vmplan {

/// The bytes of `document` for a reader of YAML 1.1, in one line: canonical JSON, with those
/// characters escaped that YAML would refuse or fold.
std::string yaml_json(const Json& document);

}  // namespace vmplan
