// SPDX-License-Identifier: Apache-2.0
// Looks at network devices. A device that exists is touched by vmplan only after `link check` has
// found it to be the node's own.
#include <algorithm>

#include "runtime/exec/link_state.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

using state::JournalRow;
using state::StepEnd;

/// Whether the journal of an unfinished node shows that it made its device and was cut off before
/// it could mark it: `ip` was done, or was under way, and nothing was there when it began.
bool made_by(const std::vector<JournalRow>& journal) {
  bool was_absent = false;
  bool made = false;
  for (const JournalRow& row : journal) {
    if (row.intent.phase != state::Phase::Do) continue;
    if (row.intent.step_id == plan::kLookForLink && row.outcome) {
      was_absent = row.outcome->exit_code == plan::kLinkAbsent;
      made = made && !was_absent;
    } else if (row.intent.step_id == plan::kAddLink) {
      const bool unseen = !row.outcome || row.outcome->end == StepEnd::Interrupted;
      const bool done =
          row.outcome && row.outcome->end == StepEnd::Done && row.outcome->exit_code == 0;
      made = made || done || (unseen && was_absent);
    }
  }
  return made;
}

Result<bool> made_by_node(const std::string& node_id, const state::StateReader& state) {
  Result<std::vector<state::UnfinishedNode>> unfinished = state.unfinished();
  if (!unfinished) return fail(unfinished.error());
  return std::ranges::any_of(*unfinished, [&](const state::UnfinishedNode& node) {
    return node.node.id == node_id && made_by(node.journal);
  });
}

StepReport foreign(const LinkClaim& claim, const LinkFinding& found) {
  return step_failed(
      fmt::format("{}: it is somebody else's and is left alone; rename it, or remove it with `ip "
                  "link delete dev {}` if nobody needs it",
                  found.detail, claim.device));
}

StepReport check(StepArgs args, StepContext& context) {
  const LinkClaim claim{args[0], args[1], args[2], args.size() > 3 ? args[3] : ""};
  Result<LinkFinding> found = look_at_link(claim, context.host);
  if (!found) return step_failed(found.error());
  switch (found->state) {
    case LinkState::Ours:
      return step_ok();
    case LinkState::Absent:
      return {plan::kLinkAbsent, found->detail, false};
    case LinkState::Apart:
      return step_failed(found->detail);
    case LinkState::Unmarked: {
      Result<bool> made = made_by_node(claim.node_id, context.state);
      if (!made) return step_failed(made.error());
      return *made ? step_ok("made and not marked yet") : foreign(claim, *found);
    }
    case LinkState::Foreign:
      return foreign(claim, *found);
  }
  return foreign(claim, *found);
}

StepReport present(StepArgs args, StepContext& context) {
  Result<std::optional<os::NetDevice>> found = context.host.find_net_device(args[0]);
  if (!found) return step_failed(found.error());
  if (*found) return step_ok();
  return step_failed(fmt::format(
      "there is no device `{}` on this host; vmplan uses it and does not make it", args[0]));
}

}  // namespace

StepReport run_link(StepArgs args, StepContext& context) {
  return args[0] == "check" ? check(args.subspan(1), context) : present(args.subspan(1), context);
}

}  // namespace vmplan::exec
