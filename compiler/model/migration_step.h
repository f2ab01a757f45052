// SPDX-License-Identifier: Apache-2.0
// One row of the table of migrations on one text.
#pragma once

#include <optional>

#include "compiler/model/migrate.h"
#include "compiler/syntax/toml_tree.h"

namespace vmplan::model {

/// The text in the version after `migration.from`. Adds what was done to `done`. nullopt after an
/// error. Requires: `tree` is of the text. Errors: MigrationConflict.
std::optional<std::string> migrate_once(const SourceMap& sources, SourceId id,
                                        const syntax::TomlTree& tree, const Migration& migration,
                                        std::vector<ProposedEdit>& done, Diagnostics& diagnostics);

}  // namespace vmplan::model
