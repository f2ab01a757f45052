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
void no_lab_at(Context& context, const std::string& path, const Error& error) {
  context.terminal.error(error.text());
  if (context.format != Format::Json) return;
  Diagnostics found;
  found.add({path.empty() ? Code::NoLabHere : Code::FileNotReadable,
             printable(error.text()),
             "",
             std::nullopt,
             {},
             "name a lab or a profile"});
  print_json(context, found, SourceMap());
}

/// The lab of the command line, and what was said about its name.
struct ToCheck {
  build::LabLocation where;
  Diagnostics about_the_name;
};

/// nullopt after what is wrong with the name was said: that is a finding too.
std::optional<ToCheck> lab_to_check(Context& context, const std::string& path) {
  std::optional<std::string> name = context.args.value("profile");
  if (!name) {
    Result<build::LabLocation> where = build::locate_lab(path);
    if (where) return ToCheck{std::move(*where), {}};
    no_lab_at(context, path, where.error());
    return std::nullopt;
  }
  Result<build::LocatedProfile> found = build::locate_profile(*name, path, scope_paths());
  if (!found) {
    no_lab_at(context, path, found.error());
    return std::nullopt;
  }
  show_diagnostics(context, found->diagnostics, found->sources);
  if (found->where) return ToCheck{std::move(*found->where), std::move(found->diagnostics)};
  if (context.format == Format::Json) print_json(context, found->diagnostics, found->sources);
  return std::nullopt;
}

}  // namespace

int cmd_validate(Context& context) {
  std::optional<std::string> path = only_path(context);
  if (!path) return kError;
  std::optional<ToCheck> lab = lab_to_check(context, *path);
  if (!lab) return kError;
  std::unique_ptr<build::LabBuild> built = compile_lab(context, lab->where);
  if (built == nullptr) return kError;
  Diagnostics found = std::move(lab->about_the_name);
  found.append(std::move(built->diagnostics));
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
