// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/schema_version.h"

#include <fmt/format.h>

#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

/// A file that does not say its version is a draft.
constexpr std::int64_t kDraft = 0;

std::string what_to_do(std::string_view path, FileKind file, std::int64_t version) {
  if (version > kSchemaVersion)
    return fmt::format(
        "use a newer vmplan, or write the file in version {0}: `schema_version = {0}`",
        kSchemaVersion);
  if (can_migrate(file, version))
    return fmt::format("run `vmplan migrate {}`: it shows what the file says in version {}",
                       shell_quoted(path), kSchemaVersion);
  return fmt::format("write `schema_version = {}`", kSchemaVersion);
}

}  // namespace

Diagnostic version_not_read(std::string_view path, FileKind file, std::int64_t version, Span span) {
  return {Code::SchemaVersion,
          fmt::format("schema version {} is not known", version),
          fmt::format("this vmplan reads version {}", kSchemaVersion),
          span,
          {},
          what_to_do(path, file, version)};
}

std::string migrate_instead(std::string_view path, FileKind file) {
  if (!can_migrate(file, kDraft)) return "";
  return fmt::format("; or run `vmplan migrate {}`", shell_quoted(path));
}

}  // namespace vmplan::model
