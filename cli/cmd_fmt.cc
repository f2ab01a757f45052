// SPDX-License-Identifier: Apache-2.0
// vmplan fmt: profiles and vmplan.toml in one style.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/cmd.h"
#include "cli/lab_session.h"
#include "compiler/base/text.h"
#include "compiler/model/key_order.h"
#include "compiler/syntax/format_toml.h"
#include "compiler/syntax/toml_guard.h"
#include "runtime/build/toml_files.h"

namespace vmplan::cli {
namespace {

/// One byte more than the reader takes, so that it can say that there is too much.
constexpr std::size_t kMostInput = syntax::kMaxTomlBytes + 1;

struct Failure {
  std::string file;
  std::string error;
};

/// What became of all files.
struct Report {
  std::size_t files = 0;
  std::vector<std::string> changed;
  std::vector<Failure> failed;
};

/// nullopt: it cannot be read.
std::optional<std::string> standard_input() {
  std::string text;
  std::array<char, 65536> block{};
  while (text.size() < kMostInput) {
    const std::size_t count = std::fread(block.data(), 1, block.size(), stdin);
    text.append(block.data(), count);
    if (count == 0) break;
  }
  if (std::ferror(stdin) != 0) return std::nullopt;
  return text;
}

void print_json(Context& context, const Report& report, const Diagnostics& found,
                const SourceMap& sources) {
  JsonArray changed(report.changed.begin(), report.changed.end());
  JsonArray failed;
  for (const Failure& failure : report.failed)
    failed.push_back(json_object({{"error", failure.error}, {"file", failure.file}}));
  context.terminal.json(json_object({{"changed", std::move(changed)},
                                     {"check", context.args.has("check")},
                                     {"diagnostics", to_json(found, sources)},
                                     {"failed", std::move(failed)},
                                     {"files", static_cast<std::int64_t>(report.files)}}));
}

/// The words after `vmplan fmt`, to be said again.
std::string words_of(const Context& context) {
  std::string out;
  for (const std::string& word : context.args.positionals()) out += " " + shell_quoted(word);
  return out;
}

int finish(Context& context, const Report& report, const build::TomlFiles& read) {
  const bool check = context.args.has("check");
  if (context.format == Format::Json) {
    print_json(context, report, read.diagnostics, read.sources);
  } else {
    for (const std::string& file : report.changed) context.terminal.out(printable(file) + "\n");
  }
  for (const Failure& failure : report.failed) context.terminal.error(failure.error);
  if (check && !report.changed.empty()) {
    context.terminal.error(fmt::format("{} of {} file{} would change; run `vmplan fmt{}`",
                                       report.changed.size(), report.files,
                                       report.files == 1 ? "" : "s", words_of(context)));
    return kError;
  }
  if (!context.quiet && !check)
    context.terminal.err(fmt::format("formatted {} of {} file{}\n", report.changed.size(),
                                     report.files, report.files == 1 ? "" : "s"));
  return report.failed.empty() ? kDone : kError;
}

/// `vmplan fmt -`: the text itself is the result.
int format_input(Context& context) {
  std::optional<std::string> text = standard_input();
  if (!text) {
    context.terminal.error("standard input cannot be read");
    return kError;
  }
  build::TomlFiles input;
  SourceId id = input.sources.add("<stdin>", std::move(*text));
  std::optional<std::string> formatted =
      syntax::format_toml(input.sources, id, model::key_order(), input.diagnostics);
  if (!formatted) {
    show_diagnostics(context, input.diagnostics, input.sources);
    if (context.format == Format::Json) print_json(context, {}, input.diagnostics, input.sources);
    return kError;
  }
  const bool changed = *formatted != input.sources.text(id);
  if (context.format == Format::Text && !context.args.has("check")) {
    context.terminal.out(*formatted);
    return kDone;
  }
  Report report{1, {}, {}};
  if (changed) report.changed.emplace_back("<stdin>");
  if (context.args.has("check")) return finish(context, report, input);
  context.terminal.json(json_object({{"changed", changed}, {"text", *formatted}}));
  return kDone;
}

}  // namespace

int cmd_fmt(Context& context) {
  const std::vector<std::string>& words = context.args.positionals();
  if (std::find(words.begin(), words.end(), "-") != words.end()) {
    if (words.size() == 1) return format_input(context);
    context.terminal.error("`-` stands for standard input and goes with no other path");
    return kError;
  }
  Result<std::unique_ptr<build::TomlFiles>> found = build::find_toml_files(words);
  if (!found) {
    context.terminal.error(found.error().text());
    return kError;
  }
  build::TomlFiles& read = **found;
  const std::vector<syntax::TableKeys> order = model::key_order();
  std::vector<std::optional<std::string>> formatted;
  for (const build::TomlFile& file : read.files)
    formatted.push_back(syntax::format_toml(read.sources, file.source, order, read.diagnostics));
  read.diagnostics.sort(read.sources);
  Report report{read.files.size(), {}, {}};
  // From here on every file is sound, or nothing is written to any.
  if (read.diagnostics.has_errors()) {
    show_diagnostics(context, read.diagnostics, read.sources);
    if (context.format == Format::Json) print_json(context, report, read.diagnostics, read.sources);
    return kError;
  }
  for (std::size_t i = 0; i < read.files.size(); ++i) {
    const build::TomlFile& file = read.files[i];
    if (*formatted[i] == read.sources.text(file.source)) continue;
    Status written = context.args.has("check")
                         ? Status()
                         : build::replace_text(file, read.sources, *formatted[i]);
    if (written) {
      report.changed.push_back(file.shown);
    } else {
      report.failed.push_back({file.shown, written.error().text()});
    }
  }
  return finish(context, report, read);
}

}  // namespace vmplan::cli
