// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/migrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/result.h"
#include "compiler/model/decode_value.h"
#include "compiler/model/migration_step.h"
#include "compiler/model/profile_fields.h"
#include "compiler/model/schema_version.h"
#include "compiler/syntax/read_toml.h"
#include "compiler/syntax/toml_guard.h"

namespace vmplan::model {
namespace {

/// The version that a file states; a file that states none is of version 0. nullopt after an error.
std::optional<std::int64_t> version_of(const syntax::Document& document, Diagnostics& diagnostics) {
  const FieldInfo& field = section_table<RootSection>().fields.front().info;
  const syntax::Value* value = document.root.find(field.name);
  if (value == nullptr) return 0;
  if (value->kind == syntax::Value::Kind::Integer) return value->integer;
  WrittenInteger wrong;
  decode_value(field, *value, wrong, diagnostics);
  return std::nullopt;
}

Span span_of_version(const syntax::Document& document) {
  const syntax::Value* value = document.root.find("schema_version");
  return value == nullptr ? document.root.span : value->span;
}

}  // namespace

bool MigrationProposal::is_lossy() const {
  return std::any_of(edits.begin(), edits.end(),
                     [](const ProposedEdit& one) { return one.edit.is_lossy(); });
}

std::optional<MigrationProposal> propose_migration(SourceMap& sources, SourceId id, FileKind file,
                                                   Diagnostics& diagnostics,
                                                   std::span<const Migration> table,
                                                   std::int64_t target) {
  std::optional<syntax::Document> document = syntax::read_toml(sources, id, diagnostics);
  if (!document) return std::nullopt;
  const std::optional<std::int64_t> from = version_of(*document, diagnostics);
  if (!from) return std::nullopt;
  const std::string path(sources.path(id));
  MigrationProposal proposal{*from, *from, std::string(sources.text(id)), {}};
  while (proposal.to != target) {
    const auto step = std::find_if(table.begin(), table.end(), [&](const Migration& one) {
      return one.file == file && one.from == proposal.to;
    });
    if (step == table.end()) {
      diagnostics.add(version_not_read(path, file, *from, span_of_version(*document)));
      return std::nullopt;
    }
    const std::optional<syntax::TomlTree> tree = syntax::toml_tree(sources.text(id));
    if (!tree) throw InternalError(fmt::format("{} was read and then not understood", path));
    std::optional<std::string> text =
        migrate_once(sources, id, *tree, *step, proposal.edits, diagnostics);
    if (!text) return std::nullopt;
    ++proposal.to;
    proposal.text = std::move(*text);
    id = sources.add(fmt::format("{} in version {}", path, proposal.to), proposal.text);
    document = syntax::read_toml(sources, id, diagnostics);
    if (proposal.text.size() > syntax::kMaxTomlBytes) return std::nullopt;  // has been reported
    if (!document || version_of(*document, diagnostics) != proposal.to)
      throw InternalError(fmt::format("migrating {} made a text that cannot be read", path));
  }
  return proposal;
}

}  // namespace vmplan::model
