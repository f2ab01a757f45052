// SPDX-License-Identifier: Apache-2.0
#include "cli/auto_attach.h"

#include <fmt/format.h>

#include <vector>

#include "cli/console.h"
#include "compiler/base/lexical_path.h"

namespace vmplan::cli {
namespace {

bool starts(change::Action action) {
  using enum change::Action;
  return action == Create || action == Restart || action == Rerun || action == Replace;
}

bool asks_for_console(const plan::CommandPlan& node) {
  const Json* console = node.spec.find("console");
  const Json* wish = console == nullptr ? nullptr : console->find("auto_attach");
  return wish != nullptr && *wish == Json(true);
}

}  // namespace

std::optional<AttachLater> console_to_show(Context& context, const change::ChangeSet& set,
                                           const os::FileSystem& files) {
  if (context.format != Format::Text || context.quiet || !context.terminal.out_is_terminal())
    return std::nullopt;
  std::vector<const plan::CommandPlan*> asking;
  for (const change::Row& row : set.rows)
    if (row.after && starts(row.action) && asks_for_console(*row.after))
      asking.push_back(&*row.after);
  if (asking.empty()) return std::nullopt;
  if (asking.size() > 1) {
    context.terminal.err(
        fmt::format("{} machines ask for their console; `vmplan console {} --follow` shows one\n",
                    asking.size(), base_name_of(asking.front()->id)));
    return std::nullopt;
  }
  const std::string log = console_log_of(*asking.front());
  if (log.empty()) {
    context.terminal.err(
        fmt::format("{} asks for its console and keeps no console log; set [serial] enabled = true "
                    "in its profile\n",
                    base_name_of(asking.front()->id)));
    return std::nullopt;
  }
  Result<os::FileInfo> before = files.stat(log);
  return AttachLater{*asking.front(), before ? before->size : 0};
}

int attach(Context& context, const os::LabRoot& root, LabHostBundle& bundle,
           const AttachLater& console) {
  context.terminal.err(fmt::format("console of {}; Ctrl-C leaves it, and the machine goes on\n",
                                   base_name_of(console.node.id)));
  int code = show_console(context, root, bundle, {console.node, console.first_byte, true});
  return code > kSignalBase ? kDone : code;
}

}  // namespace vmplan::cli
