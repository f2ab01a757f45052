// SPDX-License-Identifier: Apache-2.0
// From the words of the command line to a command: common options, help, misspellings.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "cli/command.h"
#include "compiler/base/text.h"

namespace vmplan::cli {
namespace {

std::string option_line(const Option& option) {
  std::string left = option.letter == 0 ? fmt::format("    --{}", option.name)
                                        : fmt::format("-{}, --{}", option.letter, option.name);
  if (!option.value.empty()) left += fmt::format(" {}", option.value);
  return fmt::format("  {:<28} {}\n", left, option.help);
}

/// The option --format with what this command can print.
std::string format_line(Option option, const std::vector<std::string_view>& formats) {
  std::string help = fmt::format("{} (default)", formats.front());
  for (std::size_t i = 1; i < formats.size(); ++i) help += fmt::format(", {}", formats[i]);
  option.help = help;
  return option_line(option);
}

int unknown_command(std::string_view name, Terminal& terminal) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  std::string text = fmt::format("there is no command `{}`", printable(name));
  if (std::optional<std::string_view> near = nearest(name, names))
    text += fmt::format("; did you mean `{}`", *near);
  terminal.error(text);
  terminal.err("run `vmplan help` for the list of commands\n");
  return kError;
}

int unknown_format(const Command& command, std::string_view format, Terminal& terminal) {
  std::string text = fmt::format("{} has the formats {}, not `{}`", command.name,
                                 join(command.formats, ", "), printable(format));
  if (std::optional<std::string_view> near = nearest(format, command.formats))
    text += fmt::format("; did you mean `{}`", *near);
  terminal.error(text);
  return kError;
}

/// -C DIR before or after the command: as if vmplan had been started there.
bool change_directory(const Args& args, Terminal& terminal) {
  std::optional<std::string> directory = args.value("directory");
  if (!directory || ::chdir(directory->c_str()) == 0) return true;
  terminal.error(fmt::format("-C {}: {}", *directory, std::generic_category().message(errno)));
  return false;
}

int run_command(const Command& command, const std::vector<std::string>& words, Terminal& terminal) {
  std::vector<Option> options(common_options().begin(), common_options().end());
  options.insert(options.end(), command.options.begin(), command.options.end());
  Result<Args> args = parse_args(options, words);
  if (!args) {
    terminal.error(args.error().message);
    terminal.err(fmt::format("usage: vmplan {} {}\n", command.name, command.usage));
    return kError;
  }
  if (args->has("help")) {
    terminal.out(help_text(command));
    return kDone;
  }
  Context context{terminal, std::move(*args)};
  const std::string format = context.args.value_or("format", std::string(command.formats.front()));
  if (std::ranges::find(command.formats, format) == command.formats.end())
    return unknown_format(command, format, terminal);
  if (format == "json") context.format = Format::Json;
  context.quiet = context.args.has("quiet");
  context.verbose = context.args.has("verbose");
  if (!change_directory(context.args, terminal)) return kError;
  return command.run(context);
}

}  // namespace

const Command* find_command(std::string_view name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

std::span<const Option> common_options() {
  static const std::vector<Option> kOptions = {
      {"directory", 'C', "DIR", "run as if started in DIR"},
      {"format", 0, "FORMAT", "how to print"},
      {"quiet", 'q', "", "print results and errors only"},
      {"verbose", 'v', "", "print more"},
      {"help", 'h', "", "show this help"},
  };
  return kOptions;
}

std::string help_text(const Command& command) {
  std::string out = fmt::format("{}\n\nusage: vmplan {} {}\n\n{}\n", command.summary, command.name,
                                command.usage, command.description);
  if (!command.options.empty()) out += "\noptions:\n";
  for (const Option& option : command.options) out += option_line(option);
  out += "\ncommon options:\n";
  for (const Option& option : common_options())
    out += option.name == "format" ? format_line(option, command.formats) : option_line(option);
  if (!command.examples.empty()) out += fmt::format("\nexamples:\n{}\n", command.examples);
  return out;
}

std::string overview_text() {
  std::string out =
      "vmplan compiles profiles of virtual machines into a plan of exact commands and applies what "
      "changed.\n\n"
      "usage: vmplan COMMAND [options]\n\ncommands:\n";
  for (const Command& command : commands())
    out += fmt::format("  {:<12} {}\n", command.name, command.summary);
  return out + "\nRun `vmplan help COMMAND` for options and examples.\n";
}

int run_program(const std::vector<std::string>& words, Terminal& terminal) {
  std::vector<std::string> rest = words;
  // `vmplan -C DIR build` is read as `vmplan build -C DIR`.
  std::vector<std::string> leading;
  while (rest.size() >= 2 && (rest[0] == "-C" || rest[0] == "--directory")) {
    leading.insert(leading.end(), {rest[0], rest[1]});
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  if (rest.empty() || rest[0] == "--help" || rest[0] == "-h") {
    terminal.out(overview_text());
    return rest.empty() ? kError : kDone;
  }
  if (rest[0] == "--version") rest[0] = "version";
  const Command* command = find_command(rest[0]);
  if (command == nullptr) return unknown_command(rest[0], terminal);
  leading.insert(leading.end(), rest.begin() + 1, rest.end());
  int code = run_command(*command, leading, terminal);
  terminal.flush();
  if (terminal.failed() && code == kDone) {
    terminal.error("standard output could not be written");
    return kError;
  }
  return code;
}

}  // namespace vmplan::cli
