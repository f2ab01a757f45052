// SPDX-License-Identifier: Apache-2.0
// vmplan migrate: files of an older schema version, shown or written in the current one.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/base/line_diff.h"
#include "compiler/base/text.h"
#include "compiler/model/migrate.h"
#include "runtime/build/toml_files.h"

namespace vmplan::cli {
namespace {

/// A file that is to change.
struct Change {
  const build::TomlFile* file = nullptr;
  model::MigrationProposal proposal;
  bool written = false;
  /// Why it was not written; empty: nothing went wrong.
  std::string error = {};

  std::string suffix() const { return fmt::format(".v{}.bak", proposal.from); }
};

std::string_view kind_text(model::EditKind kind) {
  switch (kind) {
    case model::EditKind::Rename:
      return "rename";
    case model::EditKind::Move:
      return "move";
    case model::EditKind::Replace:
      return "replace";
    case model::EditKind::Drop:
      return "drop";
  }
  return "";
}

std::string diff_of(const Change& change, const SourceMap& sources) {
  return unified_diff(printable(change.file->shown), sources.text(change.file->source),
                      change.proposal.text);
}

Json change_json(const Change& change, const SourceMap& sources) {
  JsonArray edits;
  for (const model::ProposedEdit& one : change.proposal.edits)
    edits.push_back(json_object({{"count", static_cast<std::int64_t>(one.count)},
                                 {"key", one.edit.path},
                                 {"kind", kind_text(one.edit.kind)},
                                 {"lossy", one.edit.is_lossy()},
                                 {"to", one.edit.to}}));
  return json_object({{"backup", change.file->shown + change.suffix()},
                      {"diff", diff_of(change, sources)},
                      {"edits", std::move(edits)},
                      {"error", change.error},
                      {"file", change.file->shown},
                      {"from", change.proposal.from},
                      {"lossy", change.proposal.is_lossy()},
                      {"to", change.proposal.to},
                      {"written", change.written}});
}

void print_json(Context& context, const std::vector<Change>& changes,
                const build::TomlFiles& read) {
  JsonArray list;
  for (const Change& change : changes) list.push_back(change_json(change, read.sources));
  context.terminal.json(json_object({{"changes", std::move(list)},
                                     {"diagnostics", to_json(read.diagnostics, read.sources)},
                                     {"files", static_cast<std::int64_t>(read.files.size())}}));
}

std::string lost_keys(const model::MigrationProposal& proposal) {
  std::vector<std::string> keys;
  for (const model::ProposedEdit& one : proposal.edits)
    if (one.edit.is_lossy()) keys.push_back(fmt::format("`{}`", one.edit.path));
  return join(keys, ", ");
}

/// What keeps the files from being written; looked for in all of them before the first is touched.
bool may_write(Context& context, std::vector<Change>& changes, const SourceMap& sources) {
  bool ok = true;
  for (Change& change : changes) {
    if (change.proposal.is_lossy() && !context.args.has("allow-loss"))
      change.error =
          fmt::format("{} would lose what {} say; look at the diff, then pass --allow-loss",
                      change.file->shown, lost_keys(change.proposal));
    Result<bool> backup = build::has_backup(*change.file, sources, change.suffix());
    if (!backup) change.error = backup.error().text();
    if (change.error.empty()) continue;
    context.terminal.error(change.error);
    ok = false;
  }
  if (!ok) context.terminal.err("nothing was changed\n");
  return ok;
}

/// Each file: the backup, then the file. One that fails does not keep the others back.
bool write_all(Context& context, std::vector<Change>& changes, const SourceMap& sources) {
  bool ok = true;
  for (Change& change : changes) {
    Status done = build::make_backup(*change.file, sources, change.suffix());
    if (done) done = build::replace_text(*change.file, sources, change.proposal.text);
    change.written = done.has_value();
    if (done) continue;
    change.error = done.error().text();
    context.terminal.error(change.error);
    ok = false;
  }
  return ok;
}

void print_text(Context& context, const std::vector<Change>& changes,
                const build::TomlFiles& read) {
  const bool write = context.args.has("write");
  for (const Change& change : changes) {
    if (!write) {
      context.terminal.out(diff_of(change, read.sources));
    } else if (change.written) {
      context.terminal.out(printable(fmt::format("{0}: version {1} to {2}; the original is {0}{3}",
                                                 change.file->shown, change.proposal.from,
                                                 change.proposal.to, change.suffix())) +
                           "\n");
    }
  }
  if (context.quiet || write) return;
  std::string words;
  for (const std::string& word : context.args.positionals()) words += " " + shell_quoted(word);
  context.terminal.err(
      fmt::format("{} of {} file{} would change; `vmplan migrate --write{}` writes them and keeps "
                  "each original "
                  "as FILE.vN.bak, N being its version\n",
                  changes.size(), read.files.size(), read.files.size() == 1 ? "" : "s", words));
}

}  // namespace

int cmd_migrate(Context& context) {
  Result<std::unique_ptr<build::TomlFiles>> found =
      build::find_toml_files(context.args.positionals());
  if (!found) {
    context.terminal.error(found.error().text());
    return kError;
  }
  build::TomlFiles& read = **found;
  std::vector<Change> changes;
  for (const build::TomlFile& file : read.files) {
    std::optional<model::MigrationProposal> proposal =
        model::propose_migration(read.sources, file.source, file.kind, read.diagnostics);
    if (proposal && proposal->is_needed()) changes.push_back({&file, std::move(*proposal)});
  }
  read.diagnostics.sort(read.sources);
  // From here on every file has a proposal or needs none, or nothing is written to any.
  if (read.diagnostics.has_errors()) {
    show_diagnostics(context, read.diagnostics, read.sources);
    if (context.format == Format::Json) print_json(context, changes, read);
    return kError;
  }
  const bool write = context.args.has("write");
  bool ok = true;
  if (write)
    ok = may_write(context, changes, read.sources) && write_all(context, changes, read.sources);
  if (context.format == Format::Json) {
    print_json(context, changes, read);
  } else if (!changes.empty()) {
    print_text(context, changes, read);
  } else if (!context.quiet) {
    context.terminal.err(fmt::format("nothing to migrate: {} file{} of version {}\n",
                                     read.files.size(), read.files.size() == 1 ? "" : "s",
                                     model::kSchemaVersion));
  }
  return ok ? kDone : kError;
}

}  // namespace vmplan::cli
