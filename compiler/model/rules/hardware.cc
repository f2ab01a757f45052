// SPDX-License-Identifier: Apache-2.0
// Rules on processor, memory and the program that runs them.
#include <fmt/format.h>

#include "compiler/base/lexical_path.h"
#include "compiler/model/acceleration.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

constexpr std::int64_t kMemoryStep = 256;
/// The closed table of bare names; others would depend on what a host has in its PATH.
constexpr std::string_view kKnownBinary = "qemu-system-x86_64";

}  // namespace

void guest_arch(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenText& arch = vm.profile().hardware.arch;
  if (!arch.has() || vm.platform == nullptr || *arch == vm.platform->arch) return;
  diagnostics.add({Code::ArchMismatch,
                   fmt::format("platform `{}` cannot run {} guests", vm.platform->name, *arch),
                   fmt::format("the platform's architecture is {}", vm.platform->arch),
                   arch.span,
                   {},
                   fmt::format("build for a platform of {}, for example `--platform linux-{}-kvm`",
                               *arch, *arch)});
}

void acceleration(const MachineScope& vm, Diagnostics& diagnostics) {
  auto request = requested_acceleration(vm.profile());
  if (!request || vm.platform == nullptr) return;
  const WrittenText& field = vm.profile().hardware.acceleration;
  if (!vm.acceleration) {
    diagnostics.add(
        {Code::NoSuchAccelerator,
         fmt::format("platform `{}` does not offer {}", vm.platform->name, to_text(*request)),
         fmt::format("machine {} asks for it", vm.label),
         field.span,
         {},
         "write `acceleration = \"auto\"`, or build for another platform with `--platform`"});
  } else if (*request == AccelerationRequest::Auto && *vm.acceleration == Acceleration::Tcg) {
    diagnostics.add(
        {Code::FellBackToTcg,
         fmt::format("machine {} runs without hardware acceleration", vm.label),
         fmt::format("`auto` became tcg: platform `{}` offers nothing better", vm.platform->name),
         field.span,
         {},
         "write `acceleration = \"tcg\"` if that is meant"});
  }
}

void cpu_model(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenText& cpu = vm.profile().hardware.cpu;
  if (!cpu.has()) return;
  if (auto fault = cpu_model_fault(*cpu)) {
    bool flags = cpu->find_first_of(",+") != std::string::npos;
    diagnostics.add({Code::BadName,
                     fmt::format("`{}` is no processor model", *cpu),
                     *fault,
                     cpu.span,
                     {},
                     flags
                         ? fmt::format("write the model alone: `cpu = \"{}\"`",
                                       cpu->substr(0, cpu->find_first_of(",+")))
                         : "use a name that `qemu-system-x86_64 -cpu help` lists, such as `max`"});
  } else if (*cpu == "host" && vm.acceleration == Acceleration::Tcg) {
    diagnostics.add({Code::CpuHostUnderTcg,
                     "`cpu = \"host\"` needs KVM",
                     fmt::format("machine {} runs under tcg", vm.label),
                     cpu.span,
                     {},
                     "leave `cpu` out: it becomes `host` under KVM and `max` under TCG"});
  }
}

void core_count(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenInteger& cores = vm.profile().hardware.cores;
  if (!cores.has() || vm.platform == nullptr || *cores <= vm.platform->max_cpus) return;
  diagnostics.add({Code::OutOfRange,
                   fmt::format("machine type `{}` takes at most {} processors",
                               vm.platform->machine, vm.platform->max_cpus),
                   fmt::format("expected 1 to {}", vm.platform->max_cpus),
                   cores.span,
                   {},
                   fmt::format("write `cores = {}` or less", vm.platform->max_cpus)});
}

void memory_granularity(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenInteger& memory = vm.profile().hardware.memory_mb;
  if (!memory.has() || *memory % kMemoryStep == 0) return;
  std::int64_t below = *memory / kMemoryStep * kMemoryStep;
  diagnostics.add({Code::MemoryGranularity,
                   fmt::format("{} MiB is no multiple of {}", *memory, kMemoryStep),
                   "works, but is likely a slip",
                   memory.span,
                   {},
                   fmt::format("write {} or {}", below, below + kMemoryStep)});
}

void qemu_binary(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenText& binary = vm.profile().vm.qemu_binary;
  if (!binary.has() || *binary == kKnownBinary) return;
  if (!check_path(binary, PathRole::Binary, "the QEMU program", policy_of(vm), diagnostics)) return;
  std::string detail;
  if (!binary->starts_with('/')) detail = "neither a name vmplan knows nor an absolute path";
  if (binary->starts_with('/') && normal_path(*binary) != *binary)
    detail = fmt::format("not in its shortest form, `{}`", normal_path(*binary));
  if (detail.empty()) return;
  diagnostics.add({Code::BadBinary,
                   fmt::format("`{}` cannot be the QEMU program", *binary),
                   detail,
                   binary.span,
                   {},
                   fmt::format("leave `qemu_binary` out, or write `\"{}\"` or an absolute path",
                               kKnownBinary)});
}

}  // namespace vmplan::model::rules
