// SPDX-License-Identifier: Apache-2.0
// The tables of state.db, and how an older file gets them.
#pragma once

#include <cstdint>

#include "compiler/base/result.h"
#include "runtime/db/sqlite.h"

namespace vmplan::state {

/// `user_version` of the files that this version writes.
inline constexpr std::int64_t kSchemaVersion = 1;

/// Brings a database up to kSchemaVersion, each step in a transaction of its own.
/// Errors: Refused when a newer vmplan wrote it; those of the database.
Status migrate(db::Database& database);
/// For readers, who change nothing: false when there are no tables yet.
/// Errors: as migrate(); also Refused when it is older and must be migrated.
Result<bool> check_schema(db::Database& database);

}  // namespace vmplan::state
