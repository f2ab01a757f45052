// SPDX-License-Identifier: Apache-2.0
// Rules on the processor and the program that runs it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/model/acceleration.h"
#include "compiler/model/cpu_flag.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

/// Why `auto` found nothing better than TCG.
std::string why_tcg(const MachineScope& vm) {
  const std::string& arch = *vm.profile().hardware.arch;
  if (arch != vm.platform->arch)
    return fmt::format("`auto` became tcg: a host of {} cannot accelerate guests of {}",
                       vm.platform->arch, arch);
  return fmt::format("`auto` became tcg: platform `{}` offers nothing better", vm.platform->name);
}

}  // namespace

void guest_arch(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenText& arch = vm.profile().hardware.arch;
  if (!arch.has() || vm.platform == nullptr || vm.guest != nullptr) return;
  std::vector<std::string_view> offered;
  for (const GuestMachine& guest : vm.platform->guests) offered.push_back(guest.arch);
  diagnostics.add({Code::ArchMismatch,
                   fmt::format("platform `{}` cannot run {} guests", vm.platform->name, *arch),
                   fmt::format("it runs {}", join(offered, ", ")),
                   arch.span,
                   {},
                   fmt::format("build for a platform that runs {}, for example "
                               "`--platform linux-{}-kvm`",
                               *arch, *arch)});
}

void acceleration(const MachineScope& vm, Diagnostics& diagnostics) {
  auto request = requested_acceleration(vm.profile());
  if (!request || vm.guest == nullptr) return;
  const WrittenText& field = vm.profile().hardware.acceleration;
  if (!vm.acceleration) {
    bool foreign = *request == AccelerationRequest::Kvm && vm.guest->arch != vm.platform->arch;
    diagnostics.add(
        {Code::NoSuchAccelerator,
         fmt::format("platform `{}` does not offer {}{}", vm.platform->name, to_text(*request),
                     foreign ? fmt::format(" to guests of {}", vm.guest->arch) : ""),
         foreign ? fmt::format("its host is {}", vm.platform->arch)
                 : fmt::format("machine {} asks for it", vm.label),
         field.span,
         {},
         "write `acceleration = \"auto\"`, or build for another platform with `--platform`"});
  } else if (*request == AccelerationRequest::Auto && *vm.acceleration == Acceleration::Tcg) {
    diagnostics.add({Code::FellBackToTcg,
                     fmt::format("machine {} runs without hardware acceleration", vm.label),
                     why_tcg(vm),
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
    diagnostics.add(
        {Code::BadName,
         fmt::format("`{}` is no processor model", *cpu),
         *fault,
         cpu.span,
         {},
         flags ? fmt::format("write the model alone, `cpu = \"{}\"`, and its features as "
                             "`cpu_flags`",
                             cpu->substr(0, cpu->find_first_of(",+")))
               : fmt::format("use a name that `{} -cpu help` lists",
                             vm.guest == nullptr ? "qemu-system-x86_64" : vm.guest->qemu_binary)});
  } else if (*cpu == "host" && vm.acceleration == Acceleration::Tcg) {
    diagnostics.add({Code::CpuHostUnderTcg,
                     "`cpu = \"host\"` needs KVM",
                     fmt::format("machine {} runs under tcg", vm.label),
                     cpu.span,
                     {},
                     "leave `cpu` out: it becomes `host` under KVM, and what suits the "
                     "architecture under TCG"});
  }
}

void cpu_flags(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenList& flags = vm.profile().hardware.cpu_flags;
  if (!flags.has()) return;
  std::map<std::string, Span> seen;
  for (const ListItem& item : *flags) {
    auto flag = read_cpu_flag(item.text);
    if (!flag) {
      diagnostics.add({Code::BadCpuFlag,
                       fmt::format("`{}` is no processor feature", item.text),
                       "expected `+NAME` or `-NAME`",
                       item.span,
                       {},
                       "write for example `\"+aes\"` or `\"-svm\"`"});
      continue;
    }
    auto [first, fresh] = seen.emplace(flag->name, item.span);
    if (fresh) continue;
    diagnostics.add({Code::BadCpuFlag,
                     fmt::format("processor feature `{}` is switched twice", flag->name),
                     "the last one would win",
                     item.span,
                     {{"the first one is here", first->second}},
                     "keep one of them"});
  }
}

void qemu_binary(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenText& binary = vm.profile().vm.qemu_binary;
  if (!binary.has() || vm.guest == nullptr) return;
  // The closed table of bare names; others would depend on what a host has in its PATH.
  const std::string& known = vm.guest->qemu_binary;
  if (*binary == known) return;
  if (!check_path(binary, PathRole::Binary, "the QEMU program", policy_of(vm), diagnostics)) return;
  std::string detail;
  if (!binary->starts_with('/')) detail = "neither a name vmplan knows nor an absolute path";
  if (binary->starts_with('/') && normal_path(*binary) != *binary)
    detail = fmt::format("not in its shortest form, `{}`", normal_path(*binary));
  if (detail.empty()) return;
  diagnostics.add(
      {Code::BadBinary,
       fmt::format("`{}` cannot be the QEMU program", *binary),
       detail,
       binary.span,
       {},
       fmt::format("leave `qemu_binary` out, or write `\"{}\"` or an absolute path", known)});
}

}  // namespace vmplan::model::rules
