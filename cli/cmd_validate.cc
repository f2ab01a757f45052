// SPDX-License-Identifier: Apache-2.0
// vmplan validate: every finding about a lab or profile; writes nothing.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/base/text.h"

namespace vmplan::cli {
namespace {

void print_json(Context& context, const Diagnostics& found, const SourceMap& sources) {
  context.terminal.json(
      json_object({{"diagnostics", to_json(found, sources)},
                   {"errors", static_cast<std::int64_t>(found.error_count())},
                   {"warnings", static_cast<std::int64_t>(found.warning_count())}}));
}

/// There is nothing at that path to look at, which is a finding too: who reads JSON gets JSON.
int no_lab_at(Context& context, const std::string& path, const Error& error) {
  context.terminal.error(error.text());
  if (context.format != Format::Json) return kError;
  Diagnostics found;
  found.add({path.empty() ? Code::NoLabHere : Code::FileNotReadable,
             printable(error.text()),
             "",
             std::nullopt,
             {},
             "name a lab or a profile"});
  print_json(context, found, SourceMap());
  return kError;
}

}  // namespace

int cmd_validate(Context& context) {
  std::optional<std::string> path = only_path(context);
  if (!path) return kError;
  Result<build::LabLocation> where = build::locate_lab(*path);
  if (!where) return no_lab_at(context, *path, where.error());
  std::unique_ptr<build::LabBuild> built = compile_lab(context, *where);
  if (built == nullptr) return kError;
  const Diagnostics& found = built->diagnostics;
  if (context.format == Format::Json) {
    print_json(context, found, built->sources);
  } else if (!found.has_errors() && !context.quiet) {
    context.terminal.out(fmt::format("valid: {} profile{}, {} warning{}\n",
                                     built->lab_sources.profiles.size(),
                                     built->lab_sources.profiles.size() == 1 ? "" : "s",
                                     found.warning_count(), found.warning_count() == 1 ? "" : "s"));
  }
  return found.has_errors() ? kError : kDone;
}

}  // namespace vmplan::cli
