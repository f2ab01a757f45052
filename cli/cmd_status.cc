// SPDX-License-Identifier: Apache-2.0
// vmplan status: the machines of a lab as they are now. Takes no lock and writes nothing.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "cli/half_updated.h"
#include "cli/lab_session.h"
#include "cli/lab_writer.h"
#include "cli/targets.h"
#include "compiler/base/text.h"
#include "runtime/exec/machine_node.h"

namespace vmplan::cli {
namespace {

constexpr std::string_view kMachineKind = "qemu.vm";
/// A state that only the plan can tell: it runs with another command line than was applied.
constexpr std::string_view kDrifted = "drifted";

struct Machine {
  std::string name;
  std::string node;
  std::string state;
  vm::MachineStatus status;
  std::string note;
};

std::string state_text(const plan::CommandPlan& node, const vm::MachineStatus& status) {
  const plan::Step* launch = exec::launch_step(node);
  bool other_argv = launch != nullptr && status.argv_hash && *status.argv_hash != launch->argv_hash;
  if (status.state == vm::MachineState::Running && other_argv) return std::string(kDrifted);
  return std::string(vm::to_text(status.state));
}

Machine look_at(const plan::CommandPlan& node, const exec::LabHost& host) {
  Machine machine;
  machine.node = node.id;
  machine.name = machine.node.substr(machine.node.find('/') + 1);
  if (std::optional<std::string> run_dir = exec::run_dir_of(node))
    machine.status = host.machines.observe(*run_dir);
  machine.state = state_text(node, machine.status);
  machine.note = machine.status.detail;
  if (machine.status.state == vm::MachineState::Stopped && machine.status.by_guest)
    machine.note = "stopped by guest";
  if (machine.status.state == vm::MachineState::Running && machine.status.supervisor_pid == 0)
    machine.note = "has no supervisor; `vmplan apply` gives it a new one";
  return machine;
}

using MachinesById = std::map<std::string, Machine>;

/// What is applied, and what a run that was cut off began: such a machine may run all the same.
MachinesById look_at_all(const change::Applied& applied,
                         const std::vector<state::UnfinishedNode>& unfinished,
                         const exec::LabHost& host) {
  MachinesById machines;
  for (const auto& [id, node] : applied)
    if (node.node.kind == kMachineKind) machines.emplace(id, look_at(node.node, host));
  for (const state::UnfinishedNode& node : unfinished) {
    if (!node.node.after || node.node.after->applied.node.kind != kMachineKind) continue;
    Machine machine = look_at(node.node.after->applied.node, host);
    // On its way from one command line to another, it may run with either.
    if (machine.state != kDrifted || !machines.contains(node.node.id))
      machines.insert_or_assign(node.node.id, std::move(machine));
  }
  return machines;
}

/// "web" of disk/web/root.
std::string machine_of(std::string_view id) {
  const std::vector<std::string_view> parts = split(id, '/');
  return parts.size() < 2 ? "" : std::string(parts[1]);
}

/// Says of each machine what of it is half-updated; of nodes that belong to none, on standard
/// error.
void note_unfinished(Context& context, const std::vector<state::UnfinishedNode>& unfinished,
                     MachinesById& machines) {
  for (const state::UnfinishedNode& node : unfinished) {
    const std::string& id = node.node.id;
    std::string text = half_updated_text(node);
    auto own = machines.find(id);
    auto whole = machines.find("vm/" + machine_of(id));
    if (own == machines.end() && whole != machines.end()) {
      own = whole;
      text = fmt::format("{}: {}", id, text);
    }
    if (own != machines.end()) {
      std::string& note = own->second.note;
      note = note.empty() ? text : fmt::format("{}; {}", text, note);
    } else if (!context.quiet) {
      context.terminal.err(fmt::format("{}: {}\n", id, text));
    }
  }
}

/// Machines that were built and are not applied, by the lock file.
void add_absent(const os::FileSystem& files, const std::string& lock_path, MachinesById& machines) {
  for (const std::string& id : ids_of_lock(files, lock_path)) {
    if (!id.starts_with("vm/") || machines.contains(id)) continue;
    Machine machine;
    machine.node = id;
    machine.name = id.substr(3);
    machine.state = "absent";
    machine.note = "not applied";
    machines.emplace(id, std::move(machine));
  }
}

Json machine_json(const Machine& machine) {
  return json_object({{"name", machine.name},
                      {"node", machine.node},
                      {"note", machine.note},
                      {"pid", machine.status.pid},
                      {"since", machine.status.since},
                      {"state", machine.state},
                      {"supervisor_pid", machine.status.supervisor_pid}});
}

std::string machine_line(const Machine& machine) {
  std::string pid = machine.status.pid == 0 ? "-" : fmt::format("{}", machine.status.pid);
  return fmt::format("{:<24} {:<9} {:>8}  {:<20}  {}\n", machine.name, machine.state, pid,
                     machine.status.since.empty() ? "-" : machine.status.since, machine.note);
}

}  // namespace

int cmd_status(Context& context) {
  std::optional<Words> words = sort_words(context);
  if (!words) return kError;
  std::optional<build::LabLocation> where = locate_applied(context, words->path);
  if (!where) return kError;
  Result<os::LabRoot> root = os::LabRoot::open(where->root);
  if (!root) {
    context.terminal.error(root.error().text());
    return kError;
  }
  LabHostBundle bundle(*root, build::state_dir_of(*where));
  Result<std::unique_ptr<state::StateReader>> state =
      state::open_state_for_reading(bundle.files(), bundle.state_location());
  Result<change::Applied> applied = state ? (*state)->applied() : tl::unexpected(state.error());
  if (!applied) {
    context.terminal.error(applied.error().text());
    return kError;
  }
  Result<std::vector<state::UnfinishedNode>> unfinished = (*state)->unfinished();
  if (!unfinished) {
    context.terminal.error(unfinished.error().text());
    return kError;
  }
  MachinesById machines = look_at_all(*applied, *unfinished, bundle.host());
  add_absent(bundle.files(), build::lock_path_of(*where), machines);
  note_unfinished(context, *unfinished, machines);
  if (!words->targets.empty()) {
    Known known = known_in(*applied);
    known.ids.clear();  // machines only, those that are not applied among them
    for (const auto& [id, machine] : machines) known.ids.insert(id);
    std::optional<Ids> selected = select_targets(context, words->targets, known);
    if (!selected) return kError;
    std::erase_if(machines, [&](const auto& entry) { return !selected->contains(entry.first); });
  }
  JsonArray list;
  for (const auto& [id, machine] : machines) list.push_back(machine_json(machine));
  if (context.format == Format::Json) {
    context.terminal.json(json_object({{"machines", std::move(list)}}));
    return kDone;
  }
  if (machines.empty()) {
    context.terminal.out("no machines\n");
    return kDone;
  }
  context.terminal.out(
      fmt::format("{:<24} {:<9} {:>8}  {:<20}  {}\n", "NAME", "STATE", "PID", "SINCE", "NOTE"));
  for (const auto& [id, machine] : machines) context.terminal.out(machine_line(machine));
  return kDone;
}

}  // namespace vmplan::cli
