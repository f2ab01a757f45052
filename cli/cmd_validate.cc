// SPDX-License-Identifier: Apache-2.0
// vmplan validate: every finding about a lab or profile; writes nothing.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/lab_session.h"

namespace vmplan::cli {

int cmd_validate(Context& context) {
  std::optional<std::string> path = only_path(context);
  if (!path) return kError;
  std::optional<build::LabLocation> where = locate(context, *path);
  if (!where) return kError;
  std::unique_ptr<build::LabBuild> built = compile_lab(context, *where);
  if (built == nullptr) return kError;
  const Diagnostics& found = built->diagnostics;
  if (context.format == Format::Json) {
    context.terminal.json(
        json_object({{"diagnostics", to_json(found, built->sources)},
                     {"errors", static_cast<std::int64_t>(found.error_count())},
                     {"warnings", static_cast<std::int64_t>(found.warning_count())}}));
  } else if (!found.has_errors() && !context.quiet) {
    context.terminal.out(fmt::format("valid: {} profile{}, {} warning{}\n",
                                     built->lab_sources.profiles.size(),
                                     built->lab_sources.profiles.size() == 1 ? "" : "s",
                                     found.warning_count(), found.warning_count() == 1 ? "" : "s"));
  }
  return found.has_errors() ? kError : kDone;
}

}  // namespace vmplan::cli
