// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "cli/command.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"

namespace vmplan::cli {
namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// NO_COLOR wins over CLICOLOR_FORCE, which wins over what the stream is.
Colour colour_of(bool is_terminal) {
  if (is_set("NO_COLOR")) return Colour::Off;
  if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0")
    return Colour::On;
  const char* term = std::getenv("TERM");
  bool dumb = term == nullptr || std::string_view(term) == "dumb";
  return is_terminal && !dumb ? Colour::On : Colour::Off;
}

}  // namespace

Terminal::Terminal(std::FILE* out, std::FILE* err)
    : out_(out),
      err_(err),
      out_is_terminal_(::isatty(::fileno(out)) == 1),
      out_colour_(colour_of(out_is_terminal_)),
      err_colour_(colour_of(::isatty(::fileno(err)) == 1)) {}

void Terminal::out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size()) failed_ = true;
}

void Terminal::err(std::string_view text) {
  // Whoever follows along must see results and messages in the order they were made.
  flush();
  (void)std::fwrite(text.data(), 1, text.size(), err_);
  (void)std::fflush(err_);
}

void Terminal::error(std::string_view text) {
  std::string line = err_colour_ == Colour::On ? "\x1b[1;31merror\x1b[0m: " : "error: ";
  // Errors of the system name files, and a file's name may hold anything. Only line feeds are ours.
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    line += printable(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  err(line + printable(text) + "\n");
}

void Terminal::json(const Json& document) { out(canonical(document) + "\n"); }

void Terminal::flush() {
  if (std::fflush(out_) != 0) failed_ = true;
}

}  // namespace vmplan::cli
