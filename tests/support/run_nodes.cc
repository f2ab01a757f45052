// SPDX-License-Identifier: Apache-2.0
#include "tests/support/run_nodes.h"

#include <algorithm>
#include <stdexcept>

#include "compiler/base/lexical_path.h"
#include "compiler/lower/steps.h"
#include "compiler/plan/judge.h"
#include "compiler/plan/keys.h"
#include "compiler/plan/verify.h"

namespace vmplan::test {

namespace steps = lower::steps;

void seal(plan::CommandPlan& node) {
  std::ranges::sort(node.deps);
  std::ranges::sort(node.after);
  plan::apply_judgement(node);
  plan::seal_own(node);
}

std::string stored_image(const std::string& name, const std::string& bytes) {
  return ".vmplan/store/" + sha256(bytes).hex() + "/" + name;
}

plan::CommandPlan image_node(const std::string& name, const std::string& bytes) {
  const Digest digest = sha256(bytes);
  const std::string stored = stored_image(name, bytes);
  plan::CommandPlan node;
  node.id = "image/" + name;
  node.kind = "image";
  node.commands = {steps::make_directory("store", std::string(directory_of(stored)), "0755"),
                   steps::import_image("import", "images/" + name, stored, digest),
                   steps::verify_file("verify", stored, digest)};
  node.probe = {steps::check_file("present", stored)};
  node.inputs = {{"images/" + name, digest}};
  node.outputs = {{stored, false}};
  node.output_digest = digest;
  node.spec = json_object({{"sha256", digest.text()}});
  seal(node);
  return node;
}

std::string disk_path(const std::string& vm) { return "disks/" + vm + "/root.qcow2"; }
std::string run_dir(const std::string& vm) { return ".vmplan/run/" + vm; }

plan::CommandPlan disk_node(const std::string& vm, int gibibytes, const plan::CommandPlan* image) {
  const std::string path = disk_path(vm);
  const Bytes size = Gibibytes{gibibytes}.bytes();
  std::string backing = "-";
  plan::CommandPlan node;
  node.id = "disk/" + vm + "/root";
  node.kind = "disk";
  plan::Step create;
  create.step_id = "create";
  create.argv = {"qemu-img", "create", "-q", "-f", "qcow2"};
  create.idempotent = true;
  create.timeout_seconds = 600;
  Json backing_spec;
  if (image != nullptr) {
    const std::string& base = image->outputs.front().path;
    node.deps = {image->id};
    backing = relative_to(base, directory_of(path));
    create.argv.insert(create.argv.end(), {"-F", "qcow2", "-b", backing});
    backing_spec = json_object({{"path", base}, {"sha256", image->output_digest->text()}});
  }
  create.argv.push_back("./" + path + ".vmplan-new");
  create.argv.push_back(fmt::format("{}G", gibibytes));
  node.commands = {steps::make_directory("directory", std::string(directory_of(path)), "0755"),
                   create, steps::publish_disk("publish", path, "qcow2", size, backing)};
  node.rollback = {steps::remove_file("remove", path)};
  node.probe = {steps::check_file("present", path)};
  node.outputs = {{path, true}};
  node.spec = json_object({{"backing", backing_spec},
                           {"format", "qcow2"},
                           {"made", true},
                           {"path", path},
                           {"size_bytes", size.value}});
  seal(node);
  return node;
}

plan::CommandPlan vm_node(const std::string& vm, const std::string& word,
                          const std::vector<std::string>& after) {
  const std::string directory = run_dir(vm);
  plan::CommandPlan node;
  node.id = "vm/" + vm;
  node.kind = "qemu.vm";
  node.deps = {"disk/" + vm + "/root"};
  for (const std::string& other : after) node.after.push_back("vm/" + other);
  plan::Step start;
  start.step_id = "start";
  start.mode = plan::StepMode::Daemon;
  start.argv = {"qemu-system-x86_64", "-nodefaults", "-name", vm, word};
  start.ready = {plan::Ready::Kind::Qmp, directory + "/qmp.sock"};
  start.timeout_seconds = 60;
  node.commands = {
      steps::make_directory("run-directory", directory, "0700"),
      steps::verify_chain("verify-disk-root", "disk/" + vm + "/root", disk_path(vm), "qcow2"),
      start};
  plan::Step powerdown = steps::machine("powerdown", "powerdown", directory);
  powerdown.expected_exit_codes = {0, steps::kMonitorSilent};
  plan::Step patience = steps::machine("wait-powerdown", "wait", directory, {"30"});
  patience.expected_exit_codes = {0, steps::kStillRunning};
  node.rollback = {powerdown, patience, steps::machine("terminate", "signal", directory, {"TERM"}),
                   steps::machine("wait-terminate", "wait", directory, {"5"}),
                   steps::machine("clean", "clean", directory)};
  node.probe = {steps::machine("running", "running", directory)};
  node.outputs = {{directory, true}};
  node.spec = json_object({{"word", word}});
  seal(node);
  return node;
}

plan::Plan plan_with(std::vector<plan::CommandPlan> nodes) {
  std::ranges::sort(nodes, {}, &plan::CommandPlan::id);
  plan::Plan plan;
  plan.lab = "lab";
  plan.generator = "vmplan test";
  for (plan::CommandPlan& node : nodes) plan.nodes.push(std::move(node));
  plan::compute_keys(plan);
  if (Status sound = plan::verify(plan); !sound) throw std::runtime_error(sound.error().text());
  return plan;
}

}  // namespace vmplan::test
