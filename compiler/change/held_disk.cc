// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/held_disk.h"

#include <fmt/format.h>

namespace vmplan::change {
namespace {

std::string reason_text(std::string_view disk, Presence seen, bool running) {
  // Something is there under the name, and nobody knows whether the machine still has the old file.
  if (seen == Presence::Altered)
    return running
               ? fmt::format(
                     "`{}` is not what was applied; stopping the machine could lose its data", disk)
               : fmt::format("`{}` is not what was applied; the machine cannot start on it", disk);
  return running ? fmt::format("`{}` is not there; stopping the machine would lose its data", disk)
                 : fmt::format("`{}` is not there; the machine cannot start without it", disk);
}

}  // namespace

Presence presence_of(const Observations& observed, std::string_view id) {
  auto seen = observed.find(id);
  return seen == observed.end() ? Presence::Present : seen->second.presence;
}

bool is_running(const Observations& observed, std::string_view id) {
  switch (presence_of(observed, id)) {
    case Presence::Present:
    case Presence::Altered:  // another command line runs than was applied
      return true;
    case Presence::Gone:
    case Presence::Crashed:
    case Presence::StoppedByGuest:
    case Presence::LostData:
      return false;
  }
  return true;
}

void leave_alone(Row& row, std::string_view disk, Presence seen, bool running) {
  row.action = Action::Hold;
  row.reasons.push_back({Reason::Cause::Upstream, reason_text(disk, seen, running)});
  if (running)
    row.note = "the running machine still has the file open: copy its data away before you stop it";
}

}  // namespace vmplan::change
