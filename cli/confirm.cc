// SPDX-License-Identifier: Apache-2.0
#include "cli/confirm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace vmplan::cli {
namespace {

std::string read_line() {
  std::string line;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
    line += static_cast<char>(c);
  return line;
}

/// True when somebody sits at the other end.
bool can_ask(Context& context) {
  if (::isatty(STDIN_FILENO) == 1) return true;
  context.terminal.error(
      "this needs a confirmation, and standard input is no terminal; pass --yes to confirm "
      "beforehand");
  return false;
}

}  // namespace

Answer confirm(Context& context, const Question& question) {
  if (context.args.has("yes")) return Answer::Yes;
  if (!can_ask(context)) return Answer::NobodyToAsk;
  context.terminal.err(fmt::format("{}{} [y/N] ", question.about, question.text));
  std::string line = read_line();
  return line == "y" || line == "Y" || line == "yes" ? Answer::Yes : Answer::No;
}

Answer confirm_by_typing(Context& context, const Question& question, const std::string& word) {
  if (context.args.has("yes")) return Answer::Yes;
  if (!can_ask(context)) return Answer::NobodyToAsk;
  context.terminal.err(
      fmt::format("{}{}\nType `{}` to go on: ", question.about, question.text, word));
  return read_line() == word ? Answer::Yes : Answer::No;
}

}  // namespace vmplan::cli
