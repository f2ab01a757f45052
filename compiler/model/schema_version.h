// SPDX-License-Identifier: Apache-2.0
// What to say to a file of another schema version.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/diagnostic.h"
#include "compiler/model/migrations.h"

namespace vmplan::model {

/// The finding that this vmplan does not read the version at `span`.
Diagnostic version_not_read(std::string_view path, FileKind file, std::int64_t version, Span span);

/// "; or run ..." for a file without a version, where a migration makes it one of the current
/// version.
std::string migrate_instead(std::string_view path, FileKind file);

}  // namespace vmplan::model
