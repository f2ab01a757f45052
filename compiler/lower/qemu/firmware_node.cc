// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/firmware_node.h"

#include <fmt/format.h>

#include "compiler/base/lexical_path.h"
#include "compiler/lower/node.h"
#include "compiler/lower/steps.h"

namespace vmplan::lower::qemu {
namespace {

/// Size of each of the two flash banks of aarch64's `virt`. Source: QEMU 7.2, hw/arm/virt.c. An
/// empty bank of zeros is what Debian ships as AAVMF_VARS.fd.
constexpr Bytes kBank{std::int64_t{64} << 20};

plan::Step create_step(const model::Vm& vm, const LabFacts& facts) {
  plan::Step step;
  step.step_id = "create";
  step.argv = {facts.qemu_img,
               "create",
               "-q",
               "-f",
               "raw",
               "./" + vm.firmware_vars + ".vmplan-new",
               fmt::format("{}", kBank.value)};
  step.timeout_seconds = 60;
  step.idempotent = true;
  return step;
}

}  // namespace

std::string firmware_id(const model::Vm& vm) { return "firmware/" + vm.name; }

plan::CommandPlan firmware_node(const model::Vm& vm, const LabFacts& facts) {
  plan::CommandPlan node;
  node.id = firmware_id(vm);
  node.kind = "firmware";
  node.commands = {
      steps::make_directory("directory", std::string(directory_of(vm.firmware_vars)), "0700"),
      create_step(vm, facts), steps::publish_disk("publish", vm.firmware_vars, "raw", kBank, "-")};
  node.rollback = {steps::remove_file("remove", vm.firmware_vars)};
  node.probe = {steps::check_file("present", vm.firmware_vars)};
  node.outputs = {{vm.firmware_vars, true}};
  node.spec = json_object({{"format", "raw"},
                           {"path", vm.firmware_vars},
                           {"protect", vm.lifecycle.prevent_destroy},
                           {"size_bytes", kBank.value}});
  node.display.title = "Make the firmware variables of " + vm.name;
  node.display.explanation =
      "An empty flash in which UEFI keeps its settings, such as the order of booting.";
  finish(node);
  return node;
}

}  // namespace vmplan::lower::qemu
