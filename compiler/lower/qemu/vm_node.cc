// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/vm_node.h"

#include <fmt/format.h>

#include <set>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/lower/network_node.h"
#include "compiler/lower/node.h"
#include "compiler/lower/qemu/argv.h"
#include "compiler/lower/qemu/channel_words.h"
#include "compiler/lower/qemu/disk_node.h"
#include "compiler/lower/qemu/firmware_node.h"
#include "compiler/lower/qemu/machine_words.h"
#include "compiler/lower/seed_node.h"
#include "compiler/lower/steps.h"
#include "compiler/model/networks.h"

namespace vmplan::lower::qemu {
namespace {

/// QEMU makes its sockets and log files, but not the directories they are in.
void add_directories(plan::CommandPlan& node, const model::Vm& vm) {
  node.commands.push_back(steps::make_directory("run-directory", vm.run_dir, "0700"));
  node.commands.push_back(steps::make_directory("log-directory", vm.log_dir, "0755"));
  std::set<std::string> others;
  for (const std::string& path :
       {vm.qmp.enabled ? vm.qmp.socket : std::string(), vm.serial.socket, vm.serial.log}) {
    if (!path.empty()) others.insert(std::string(directory_of(path)));
  }
  for (const std::string& directory : others)
    if (directory != "." && directory != vm.run_dir && directory != vm.log_dir)
      node.commands.push_back(steps::make_directory("directory-" + directory, directory, "0700"));
}

/// Without a digest the node cannot run yet: the image that the file is has to be made first.
void verify_boot_file(plan::CommandPlan& node, std::string step_id, const model::BootFile& file) {
  if (!file.image.empty()) node.deps.push_back("image/" + file.image);
  if (!file.sha256) return;
  node.commands.push_back(steps::verify_file(std::move(step_id), file.path, *file.sha256));
  node.inputs.push_back({file.path, *file.sha256});
}

/// Kernel, initrd and every layer of every disk are checked on every way to a start.
void add_verification(plan::CommandPlan& node, const model::Vm& vm) {
  if (vm.kernel) {
    verify_boot_file(node, "verify-kernel", vm.kernel->bzimage);
    if (vm.kernel->initrd) verify_boot_file(node, "verify-initrd", *vm.kernel->initrd);
  }
  for (const model::Disk& disk : vm.disks) {
    node.commands.push_back(steps::verify_chain("verify-disk-" + disk.name, disk_id(vm, disk),
                                                disk.path, model::to_text(disk.format)));
    node.deps.push_back(disk_id(vm, disk));
  }
  if (has_firmware_vars(vm)) {
    node.commands.push_back(
        steps::verify_chain("verify-firmware", firmware_id(vm), vm.firmware_vars, "raw"));
    node.deps.push_back(firmware_id(vm));
  }
  if (vm.cloud_init) {
    node.commands.push_back(steps::check_file("verify-seed", vm.cloud_init->seed_path));
    node.deps.push_back(seed_id(vm));
  }
  for (const model::Share& share : vm.shares)
    node.commands.push_back(steps::verify_directory("verify-share-" + share.name, share.path));
}

/// QEMU makes a tap that is not there by itself, where it may, and one that leads nowhere.
void add_links(plan::CommandPlan& node, const model::Vm& vm, const LabFacts& facts) {
  for (const model::Nic& nic : vm.nics) {
    if (nic.kind != model::NicKind::Tap) continue;
    std::string step_id = "verify-nic-" + nic.name;
    if (!makes_tap(nic)) {
      node.commands.push_back(steps::link_present(std::move(step_id), nic.tap.name));
      continue;
    }
    std::string tap = model::tap_node_id(vm.name, nic.name);
    node.commands.push_back(steps::check_link(std::move(step_id), nic.tap.name,
                                              link_mark(facts, tap), tap, nic.tap.bridge));
    node.deps.push_back(std::move(tap));
  }
}

plan::Step start_step(const model::Vm& vm) {
  plan::Step step;
  step.step_id = "start";
  step.mode = plan::StepMode::Daemon;
  step.argv = machine_argv(vm);
  step.ready = {plan::Ready::Kind::Qmp, supervisor_monitor(vm)};
  step.timeout_seconds = vm.lifecycle.boot_timeout.value;
  return step;
}

/// One rung of the stop ladder: a request, then a bounded wait. A silent monitor or a deaf guest is
/// no failure here: the next rung follows.
void add_rung(plan::CommandPlan& node, plan::Step request, const model::Vm& vm, Seconds patience,
              bool last) {
  std::string name = request.step_id;
  node.rollback.push_back(std::move(request));
  plan::Step wait =
      steps::machine("wait-" + name, "wait", vm.run_dir, {fmt::format("{}", patience.value)});
  if (!last) wait.expected_exit_codes = {0, steps::kStillRunning};
  node.rollback.push_back(std::move(wait));
}

void add_stop_ladder(plan::CommandPlan& node, const model::Vm& vm) {
  const model::Lifecycle& lifecycle = vm.lifecycle;
  auto monitor_request = [&](std::string_view verb) {
    plan::Step step = steps::machine(std::string(verb), verb, vm.run_dir);
    step.expected_exit_codes = {0, steps::kMonitorSilent};
    return step;
  };
  add_rung(node, monitor_request("powerdown"), vm, lifecycle.stop_timeout, false);
  add_rung(node, monitor_request("quit"), vm, lifecycle.quit_timeout, false);
  add_rung(node, steps::machine("terminate", "signal", vm.run_dir, {"TERM"}), vm,
           lifecycle.term_timeout, !lifecycle.force_kill);
  if (lifecycle.force_kill)
    add_rung(node, steps::machine("kill", "signal", vm.run_dir, {"KILL"}), vm, Seconds{5}, true);
  node.rollback.push_back(steps::machine("clean", "clean", vm.run_dir));
}

std::string serial_summary(const model::Serial& serial) {
  switch (serial.mode) {
    case model::SerialMode::Off:
      return "none";
    case model::SerialMode::File:
      return "file";
    case model::SerialMode::Socket:
      return "socket + log";
    case model::SerialMode::Pty:
      return "pty + log";
  }
  return "none";
}

Json warnings_metadata(const model::Vm& vm) {
  JsonArray list;
  for (const model::Warning& warning : vm.warnings)
    list.push_back(json_object({{"code", info(warning.code).id},
                                {"message", warning.message},
                                {"suggestion", warning.suggestion}}));
  return Json(std::move(list));
}

Json vm_metadata(const model::Vm& vm, const plan::Step& start) {
  return json_object({{"acceleration_requested", model::to_text(vm.acceleration_requested)},
                      {"acceleration_resolved", model::to_text(vm.acceleration)},
                      {"argv_hash", argv_hash(start.argv).text()},
                      {"console", json_object({{"auto_attach", vm.console.auto_attach},
                                               {"escape_sequence", vm.console.escape_sequence}})},
                      {"development_log_root", "logs"},
                      {"generated_argv_preview", printable(shell_quoted(start.argv))},
                      {"profile_hash", vm.profile_hash.text()},
                      {"profile_name", vm.name},
                      {"qmp_socket_path", vm.qmp.enabled ? vm.qmp.socket : ""},
                      {"schema_version", vm.schema_version},
                      {"serial_config_summary", serial_summary(vm.serial)},
                      {"validation_warnings", warnings_metadata(vm)}});
}

}  // namespace

std::string vm_id(const model::Vm& vm) { return "vm/" + vm.name; }

plan::CommandPlan vm_node(const model::Vm& vm, const LabFacts& facts) {
  plan::CommandPlan node;
  node.id = vm_id(vm);
  node.kind = "qemu.vm";
  add_directories(node, vm);
  add_verification(node, vm);
  add_links(node, vm, facts);
  plan::Step start = start_step(vm);
  node.metadata = vm_metadata(vm, start);
  const std::string& text = vm.lifecycle.wait_for_text;
  if (!text.empty())
    node.commands.push_back(steps::serial_mark("serial-mark", vm.run_dir, vm.serial.log));
  node.commands.push_back(std::move(start));
  if (!text.empty())
    node.commands.push_back(steps::serial_wait("wait-serial", vm.run_dir, vm.serial.log,
                                               vm.lifecycle.boot_timeout, text));
  for (const std::string& name : vm.depends_on) node.after.push_back("vm/" + name);
  add_stop_ladder(node, vm);
  node.probe = {steps::machine("running", "running", vm.run_dir)};
  node.outputs = {{vm.run_dir, true}, {vm.log_dir, true}};
  node.spec = vm_spec(vm);
  node.display.title = "Start VM " + vm.name;
  node.display.explanation = vm.description;
  if (vm.console.auto_attach) node.display.title += " and show its console";
  finish(node);
  return node;
}

}  // namespace vmplan::lower::qemu
