// SPDX-License-Identifier: Apache-2.0
// vmplan console VM --follow: the guest's console as it is written. Sends nothing and takes no
// lock.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/console.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"

namespace vmplan::cli {
int cmd_console(Context& context) {
  std::optional<Words> words = sort_words(context);
  if (!words) return kError;
  if (words->targets.size() != 1) {
    context.terminal.error("name one machine: vmplan console VM --follow");
    return kError;
  }
  std::optional<build::OpenLab> lab = open_lab(context, words->path);
  if (!lab) return kError;
  LabHostBundle bundle(lab->root, build::state_dir_of(lab->where));
  Result<std::unique_ptr<state::StateReader>> state =
      state::open_state_for_reading(bundle.files(), bundle.state_location());
  Result<change::Applied> applied = state ? (*state)->applied() : tl::unexpected(state.error());
  if (!applied) {
    context.terminal.error(applied.error().text());
    return kError;
  }
  std::optional<Ids> selected = select_targets(context, words->targets, known_in(*applied));
  if (!selected) return kError;
  const plan::CommandPlan& node = applied->at(*selected->begin()).node;
  if (selected->size() != 1 || console_log_of(node).empty()) {
    context.terminal.error(
        fmt::format("{} keeps no console log; set [serial] enabled = true in its profile",
                    words->targets.front()));
    return kError;
  }
  return show_console(context, lab->root, bundle, {node, 0, context.args.has("follow")});
}

}  // namespace vmplan::cli
