// SPDX-License-Identifier: Apache-2.0
// What a command is, and what it may talk to. The list of them is commands.cc.
#pragma once

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/args.h"
#include "compiler/base/diagnostic_render.h"
#include "compiler/base/json.h"

namespace vmplan::cli {

/// Exit codes. Contract: docs/cli.md.
inline constexpr int kDone = 0;
inline constexpr int kError = 1;
inline constexpr int kInternalError = 70;
inline constexpr int kSignalBase = 128;

/// Text stands for whatever a command prints without `--format json`.
enum class Format { Text, Json };

/// Where a command prints. Results go to standard output; progress and diagnostics to standard
/// error.
class Terminal {
 public:
  Terminal(std::FILE* out, std::FILE* err);

  void out(std::string_view text);
  void err(std::string_view text);
  /// "error: ..." on standard error.
  void error(std::string_view text);
  /// One canonical document and a line feed on standard output.
  void json(const Json& document);

  Colour out_colour() const { return out_colour_; }
  Colour err_colour() const { return err_colour_; }
  bool out_is_terminal() const { return out_is_terminal_; }
  /// True once a write to standard output failed (a full disk, a closed pipe).
  bool failed() const { return failed_; }
  /// Pushes everything out.
  void flush();

 private:
  std::FILE* out_;
  std::FILE* err_;
  bool out_is_terminal_ = false;
  Colour out_colour_ = Colour::Off;
  Colour err_colour_ = Colour::Off;
  bool failed_ = false;
};

struct Context {
  Terminal& terminal;
  Args args;
  Format format = Format::Text;
  bool quiet = false;
  bool verbose = false;
};

struct Command {
  std::string_view name;
  /// After the name, e.g. "[PATH] [options]".
  std::string_view usage;
  /// One line for the list of commands.
  std::string_view summary;
  /// Some sentences for `vmplan help NAME`.
  std::string_view description;
  /// Lines that a reader can copy.
  std::string_view examples;
  std::vector<Option> options;
  int (*run)(Context&);
  /// Words after --format; the first is what it prints without one.
  std::vector<std::string_view> formats = {"text", "json"};
};

/// All commands, in the order of help.
std::span<const Command> commands();
const Command* find_command(std::string_view name);
/// Options that every command takes.
std::span<const Option> common_options();

/// The whole program: picks the command, parses its options, runs it.
int run_program(const std::vector<std::string>& words, Terminal& terminal);

/// Help for one command, and the list of all.
std::string help_text(const Command& command);
std::string overview_text();

}  // namespace vmplan::cli
