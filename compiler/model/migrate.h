// SPDX-License-Identifier: Apache-2.0
// A text of an older schema version as a text of the current one. It proposes; writing is the
// business of whoever asks.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/model/migrations.h"

namespace vmplan::model {

/// One edit of the table that the text needed.
struct ProposedEdit {
  MigrationEdit edit;
  /// How often.
  std::size_t count = 0;
};

struct MigrationProposal {
  /// Equal: there is nothing to do, and `text` is the text as it was.
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string text;
  std::vector<ProposedEdit> edits;

  bool is_needed() const { return from != to; }
  bool is_lossy() const;
};

/// Everything that no edit names stays byte for byte. `sources` gets the texts of versions in
/// between. nullopt after an error. `table` is migrations(), but for tests.
/// Errors: those of read_toml(), for the new text too; SchemaVersion; WrongType for the version;
/// MigrationConflict.
std::optional<MigrationProposal> propose_migration(SourceMap& sources, SourceId id, FileKind file,
                                                   Diagnostics& diagnostics,
                                                   std::span<const Migration> table = migrations(),
                                                   std::int64_t target = kSchemaVersion);

}  // namespace vmplan::model
