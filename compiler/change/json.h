// SPDX-License-Identifier: Apache-2.0
// A change set as JSON for programs. Nodes are not embedded here: this is the view, not the
// artefact to apply.
#pragma once

#include "compiler/base/json.h"
#include "compiler/change/diff.h"

namespace vmplan::change {

/// `{"lab","plan_hash","risk","rows":[{"id","action","risk","reasons","attributes","kept","note"}],"summary":{...}}`;
/// rows with action none and nothing to say are left out.
Json to_json(const ChangeSet& set);

}  // namespace vmplan::change
