// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/machine_words.h"

#include <fmt/format.h>

#include "compiler/lower/qemu/option_list.h"

namespace vmplan::lower::qemu {
namespace {

constexpr const char* kMemory = "mem0";

/// One region of the guest's memory, on huge pages where the profile asks for them.
Json memory_backend(const std::string& id, Mebibytes size, const model::Vm& vm) {
  Json backend =
      json_object({{"id", id}, {"qom-type", "memory-backend-ram"}, {"size", size.value << 20}});
  if (!vm.hugepages) return backend;
  backend["qom-type"] = "memory-backend-memfd";
  backend["hugetlb"] = true;
  backend["hugetlbsize"] = vm.hugepages->value << 20;
  backend["share"] = false;
  return backend;
}

/// Whether memory needs an object of its own; plain `-m` does for one ordinary region.
bool has_one_backend(const model::Vm& vm) { return vm.numa.empty() && vm.hugepages.has_value(); }

}  // namespace

void append_confinement(Argv& argv) {
  argv.insert(argv.end(), {"-nodefaults", "-no-user-config", "-display", "none", "-sandbox"});
  argv.push_back(OptionList("on")
                     .add("obsolete", "deny")
                     .add("elevateprivileges", "deny")
                     .add("spawn", "deny")
                     .add("resourcecontrol", "deny")
                     .text());
}

bool has_firmware_vars(const model::Vm& vm) { return vm.arch == "aarch64" && !vm.firmware.empty(); }

void append_machine(Argv& argv, const model::Vm& vm) {
  OptionList machine(vm.machine);
  // The default interrupt controller takes 8 processors only. Under KVM the host's version is used,
  // as the host's processor is.
  if (vm.arch == "aarch64")
    machine.add("gic-version", vm.acceleration == model::Acceleration::Kvm ? "host" : "3");
  if (has_one_backend(vm)) machine.add("memory-backend", kMemory);
  if (has_firmware_vars(vm)) machine.add("pflash0", "firmware").add("pflash1", "firmware-vars");
  append(argv, "-machine", machine.text());
  append(argv, "-accel", std::string(model::to_text(vm.acceleration)));
  append(argv, "-uuid", vm.uuid);
}

void append_processors(Argv& argv, const model::Vm& vm) {
  OptionList cpu(vm.cpu);
  for (const model::CpuFlag& flag : vm.cpu_flags) cpu.add(flag.name, flag.on ? "on" : "off");
  append(argv, "-cpu", cpu.text());
  const model::Topology& topology = vm.topology;
  std::string smp = fmt::format("{}", topology.processors());
  if (topology.sockets != 1 || topology.threads != 1)
    smp = fmt::format("cpus={},sockets={},cores={},threads={}", topology.processors(),
                      topology.sockets, topology.cores, topology.threads);
  append(argv, "-smp", smp);
}

void append_memory(Argv& argv, const model::Vm& vm) {
  append(argv, "-m", fmt::format("{}M", vm.memory.value));
  if (has_one_backend(vm)) append_json(argv, "-object", memory_backend(kMemory, vm.memory, vm));
  std::int64_t first = 0;
  for (std::size_t i = 0; i < vm.numa.size(); ++i) {
    const model::NumaNode& node = vm.numa[i];
    const std::string id = fmt::format("mem{}", i);
    append_json(argv, "-object", memory_backend(id, node.memory, vm));
    const std::int64_t last = first + node.processors - 1;
    append(argv, "-numa",
           OptionList("node")
               .add("nodeid", fmt::format("{}", i))
               .add("cpus", fmt::format("{}-{}", first, last))
               .add("memdev", id)
               .text());
    first = last + 1;
  }
}

void append_firmware(Argv& argv, const model::Vm& vm) {
  if (!has_firmware_vars(vm)) return;
  append_json(argv, "-blockdev",
              json_object({{"driver", "file"},
                           {"filename", vm.firmware},
                           {"node-name", "firmware-file"},
                           {"read-only", true}}));
  append_json(argv, "-blockdev",
              json_object({{"driver", "raw"},
                           {"file", "firmware-file"},
                           {"node-name", "firmware"},
                           {"read-only", true}}));
  append_json(argv, "-blockdev",
              json_object({{"driver", "file"},
                           {"filename", vm.firmware_vars},
                           {"node-name", "firmware-vars-file"}}));
  append_json(
      argv, "-blockdev",
      json_object(
          {{"driver", "raw"}, {"file", "firmware-vars-file"}, {"node-name", "firmware-vars"}}));
}

void append_kernel(Argv& argv, const model::Vm& vm) {
  if (!vm.kernel) {
    // A boot loader in the kernel's place, which then looks at the disks.
    if (!vm.firmware.empty() && !has_firmware_vars(vm)) append(argv, "-kernel", vm.firmware);
    return;
  }
  append(argv, "-kernel", vm.kernel->bzimage.path);
  if (vm.kernel->initrd) append(argv, "-initrd", vm.kernel->initrd->path);
  if (!vm.kernel->append.empty()) append(argv, "-append", vm.kernel->append);
}

}  // namespace vmplan::lower::qemu
