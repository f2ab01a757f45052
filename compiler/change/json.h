// SPDX-License-Identifier: Apache-2.0
// A change set as JSON for programs. Nodes are not embedded here: this is the view, not the
// artefact to apply.
#pragma once

#include <vector>

#include "compiler/base/json.h"
#include "compiler/change/diff.h"

namespace vmplan::change {

/// `[{"path","before","after"},...]`; what was added has no `before`, what was removed no `after`.
Json attributes_json(const std::vector<AttributeChange>& changes);

/// `{"lab","plan_hash","refusals","risk","rows","summary"}`, as docs/cli.md describes it; rows with
/// action none and nothing to say are left out. A set with a refusal does not run.
Json to_json(const Difference& difference);

}  // namespace vmplan::change
