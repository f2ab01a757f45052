// SPDX-License-Identifier: Apache-2.0
// vmplan help.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "compiler/base/text.h"

namespace vmplan::cli {

int cmd_help(Context& context) {
  const std::vector<std::string>& words = context.args.positionals();
  if (words.empty()) {
    context.terminal.out(overview_text());
    return kDone;
  }
  const Command* command = find_command(words.front());
  if (command == nullptr) {
    std::vector<std::string_view> names;
    for (const Command& known : commands()) names.push_back(known.name);
    std::optional<std::string_view> near = nearest(words.front(), names);
    context.terminal.error(
        fmt::format("there is no command `{}`; {}", printable(words.front()),
                    near ? fmt::format("did you mean `{}`", *near) : "`vmplan help` lists them"));
    return kError;
  }
  context.terminal.out(help_text(*command));
  return kDone;
}

}  // namespace vmplan::cli
