// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/observe.h"

#include "runtime/exec/link_state.h"
#include "runtime/exec/machine_node.h"

namespace vmplan::exec {
namespace {

using change::Observation;
using change::Presence;
using plan::KindClass;

Observation observe_outputs(const plan::CommandPlan& node, Presence when_missing,
                            const LabHost& host) {
  for (const plan::Output& output : node.outputs) {
    Result<os::FileInfo> info = host.files.stat(output.path);
    if (!info && info.error().kind == ErrorKind::NotFound)
      return {when_missing, fmt::format("`{}` is gone", output.path)};
    // What cannot be looked at is not known to be as applied.
    if (!info) return {Presence::Altered, info.error().text()};
    if (info->kind != os::FileKind::Regular)
      return {Presence::Altered, fmt::format("`{}` is no regular file any more", output.path)};
  }
  return {};
}

std::string or_else(const std::string& detail, std::string_view otherwise) {
  return detail.empty() ? std::string(otherwise) : detail;
}

/// A machine that runs, seen against the step that the applied node starts it with.
Observation observe_running(const plan::CommandPlan& node, const vm::MachineStatus& status) {
  const plan::Step* launch = launch_step(node);
  if (status.ending) return {Presence::Altered, "its QEMU is ending, and does not come to an end"};
  if (launch != nullptr && status.argv_hash && *status.argv_hash != launch->argv_hash)
    return {Presence::Altered, "it runs with another command line than was applied"};
  return {};
}

Observation observe_machine(const plan::CommandPlan& node, const vm::MachineStatus& status) {
  switch (status.state) {
    case vm::MachineState::Running:
      return observe_running(node, status);
    case vm::MachineState::Starting:
      return status.ending ? observe_running(node, status) : Observation{};
    case vm::MachineState::Absent:
      return {Presence::Gone, or_else(status.detail, "it does not run")};
    case vm::MachineState::Lost:
      return {Presence::Gone, or_else(status.detail, "its process is gone")};
    case vm::MachineState::Crashed:
      return {Presence::Crashed, or_else(status.detail, "it crashed")};
    case vm::MachineState::Stopped:
      if (status.by_guest)
        return {Presence::StoppedByGuest, or_else(status.detail, "its guest switched it off")};
      return {Presence::Gone, or_else(status.detail, "it was stopped")};
  }
  return {};
}

Observation observe_process(const plan::CommandPlan& node, const LabHost& host, const SayOf& say,
                            Observed& out) {
  std::optional<std::string> run_dir = run_dir_of(node);
  if (!run_dir) return {};
  const plan::Step* launch = launch_step(node);
  const Millis patience = start_timeout(launch == nullptr ? plan::Step() : *launch);
  const vm::MachineStatus status =
      await_end(*run_dir, patience, host, [&](const std::string& line) {
        if (say) say(node.id, line);
      });
  Observation seen = observe_machine(node, status);
  const bool lives =
      status.state == vm::MachineState::Running || status.state == vm::MachineState::Starting;
  if (lives && status.supervisor_pid == 0 && seen.presence == Presence::Present)
    out.to_adopt.push_back({node.id, *run_dir});
  return seen;
}

Observation observe_link(const plan::CommandPlan& node, const LabHost& host) {
  std::optional<LinkClaim> claim = link_of(node);
  if (!claim) return {};
  Result<LinkFinding> found = look_at_link(*claim, host);
  // What cannot be looked at is not known to be as applied.
  if (!found) return {Presence::Altered, found.error().text()};
  if (found->state == LinkState::Ours) return {};
  const bool gone = found->state == LinkState::Absent;
  return {gone ? Presence::Gone : Presence::Altered, std::move(found->detail)};
}

Observation observe_node(const plan::CommandPlan& node, const LabHost& host, const SayOf& say,
                         Observed& out) {
  // An unknown kind is treated as data, as everywhere.
  switch (plan::kind_class(node.kind).value_or(KindClass::Data)) {
    case KindClass::Content:
    case KindClass::Artefact:
      return observe_outputs(node, Presence::Gone, host);
    case KindClass::Data:
      return observe_outputs(node, Presence::LostData, host);
    case KindClass::Process:
      return observe_process(node, host, say, out);
    case KindClass::Link:
      return observe_link(node, host);
  }
  return {};
}

}  // namespace

Observed observe(const change::Applied& applied, const LabHost& host, const SayOf& say) {
  Observed out;
  for (const auto& [id, node] : applied) {
    Observation seen = observe_node(node.node, host, say, out);
    if (seen.presence != Presence::Present) out.observations.emplace(id, std::move(seen));
  }
  return out;
}

}  // namespace vmplan::exec
