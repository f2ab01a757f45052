// SPDX-License-Identifier: Apache-2.0
#include "cli/lab_session.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/model/lab_frame.h"
#include "runtime/build/parallel.h"

namespace vmplan::cli {
namespace {

bool is_path(std::string_view word) {
  // Node ids hold `/` too: "vm/web" is a target.
  for (std::string_view kind :
       {"vm/", "disk/", "image/", "firmware/", "seed/", "net/", "tap/", "ct/", "file/"})
    if (word.starts_with(kind) && !word.ends_with(".toml") && !word.ends_with(".json"))
      return false;
  return word.find('/') != std::string_view::npos || word.ends_with(".toml") ||
         word.ends_with(".json") || word == "." || word == "..";
}

}  // namespace

std::optional<Words> sort_words(Context& context) {
  Words words;
  for (const std::string& word : context.args.positionals()) {
    if (!is_path(word)) {
      words.targets.push_back(word);
    } else if (words.path.empty()) {
      words.path = word;
    } else {
      context.terminal.error(
          fmt::format("two paths were given, `{}` and `{}`; a command works on one lab",
                      printable(words.path), printable(word)));
      return std::nullopt;
    }
  }
  return words;
}

std::optional<std::string> only_path(Context& context) {
  const std::vector<std::string>& words = context.args.positionals();
  if (words.size() <= 1) return words.empty() ? std::string() : words.front();
  context.terminal.error(
      fmt::format("two paths were given, `{}` and `{}`; a command works on one lab",
                  printable(words[0]), printable(words[1])));
  return std::nullopt;
}

build::ScopePaths scope_paths() {
  return build::scope_paths([](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

std::optional<build::LocatedProfile> locate_named(Context& context, const std::string& name,
                                                  const std::string& path) {
  Result<build::LocatedProfile> found = build::locate_profile(name, path, scope_paths());
  if (!found) {
    context.terminal.error(found.error().text());
    return std::nullopt;
  }
  show_diagnostics(context, found->diagnostics, found->sources);
  if (!found->where) return std::nullopt;
  return std::move(*found);
}

std::optional<build::LabLocation> locate(Context& context, const std::string& path) {
  if (auto name = context.args.value("profile")) {
    auto found = locate_named(context, *name, path);
    if (!found) return std::nullopt;
    return std::move(found->where);
  }
  Result<build::LabLocation> where = build::locate_lab(path);
  if (where) return std::move(*where);
  context.terminal.error(where.error().text());
  return std::nullopt;
}

std::optional<build::LabLocation> locate_applied(Context& context, const std::string& path) {
  if (auto name = context.args.value("profile")) {
    Result<build::LocatedProfile> found = build::locate_profile(*name, path, scope_paths());
    if (found && !found->where)
      if (auto left = build::applied_without_file(found->root, *name)) return left;
  } else if (path.ends_with(".toml") && !build::locate_lab(path)) {
    Result<build::LabLocation> around = build::locate_lab(std::string(directory_of(path)));
    if (around)
      if (auto left = build::applied_without_file(around->root, model::stem_of(base_name_of(path))))
        return left;
  }
  return locate(context, path);
}

std::optional<build::OpenLab> open_lab(Context& context, const std::string& path) {
  std::optional<build::LabLocation> where = locate_applied(context, path);
  if (!where) return std::nullopt;
  Result<build::OpenLab> lab = build::open_lab(*where);
  if (lab) return std::move(*lab);
  context.terminal.error(lab.error().text());
  return std::nullopt;
}

std::optional<unsigned> jobs(Context& context) {
  std::optional<std::string> text = context.args.value("jobs");
  if (!text) return build::usable_processors();
  unsigned count = 0;
  auto result = std::from_chars(text->data(), text->data() + text->size(), count);
  if (result.ec == std::errc() && result.ptr == text->data() + text->size() && count >= 1 &&
      count <= 1024)
    return count;
  context.terminal.error(
      fmt::format("-j takes a number from 1 to 1024, not `{}`", printable(*text)));
  return std::nullopt;
}

void show_diagnostics(Context& context, const Diagnostics& found, const SourceMap& sources) {
  if (found.empty() || (context.quiet && !found.has_errors())) return;
  context.terminal.err(render(found, sources, context.terminal.err_colour()));
  if (found.has_errors())
    context.terminal.err(fmt::format("\n{} error{} and {} warning{}; nothing was changed\n",
                                     found.error_count(), found.error_count() == 1 ? "" : "s",
                                     found.warning_count(), found.warning_count() == 1 ? "" : "s"));
}

std::optional<build::BuildOptions> build_options(Context& context) {
  std::optional<unsigned> threads = jobs(context);
  if (!threads) return std::nullopt;
  build::BuildOptions options;
  options.platform = context.args.value_or("platform", "");
  options.jobs = *threads;
  options.may_probe = !context.args.has("dry-run");
  options.scopes = scope_paths();
  return options;
}

std::unique_ptr<build::LabBuild> compile_lab(Context& context, const build::LabLocation& where) {
  std::optional<build::BuildOptions> options = build_options(context);
  if (!options) return nullptr;
  Result<std::unique_ptr<build::LabBuild>> built = build::build_lab(where, *options);
  if (!built) {
    context.terminal.error(built.error().text());
    return nullptr;
  }
  show_diagnostics(context, (*built)->diagnostics, (*built)->sources);
  return std::move(*built);
}

std::unique_ptr<build::LabBuild> compile_sound_lab(Context& context, const std::string& path) {
  std::optional<build::LabLocation> where = locate(context, path);
  if (!where) return nullptr;
  std::unique_ptr<build::LabBuild> built = compile_lab(context, *where);
  if (built == nullptr || !built->compiled) return nullptr;
  return built;
}

}  // namespace vmplan::cli
