// SPDX-License-Identifier: Apache-2.0
// How a file of one schema version becomes one of the next, as a constant table. What carries it
// out is migrate.h.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/model/field.h"

namespace vmplan::model {

enum class FileKind : std::uint8_t { Profile, LabFile };

enum class EditKind : std::uint8_t {
  Rename,   ///< the key `path` is called `to` from now on; its value stays
  Move,     ///< the key `path` stands at `to` from now on, in another table
  Replace,  ///< where `path` has the value `from` (TOML), it gets the value `to`
  Drop,     ///< the key `path` is gone with its value: what it said is lost
};

/// One change of a file, in the words of the language. `[]` after a name stands for every element;
/// a moved key stands in no array. No two edits of one migration may name one key.
struct MigrationEdit {
  EditKind kind = EditKind::Rename;
  std::string_view path;
  std::string_view to = {};
  std::string_view from = {};

  bool is_lossy() const { return kind == EditKind::Drop; }
};

/// From `from` to the version after it. `schema_version` is set in any case.
struct Migration {
  FileKind file = FileKind::Profile;
  std::int64_t from = 0;
  std::span<const MigrationEdit> edits;
};

/// All of them; a file's versions form one chain up to kSchemaVersion.
std::span<const Migration> migrations();

/// Whether a chain leads from a version to kSchemaVersion.
bool can_migrate(FileKind file, std::int64_t version);

}  // namespace vmplan::model
