// SPDX-License-Identifier: Apache-2.0
// Rows of `[hardware]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Choice kArchs[] = {{"x86_64"}, {"aarch64"}, {"riscv64"}, {"ppc64le"}};
constexpr Choice kAccelerations[] = {{"auto"}, {"kvm"}, {"tcg"}, {"hvf"}, {"whpx"}};
constexpr Choice kHugepages[] = {{"off"}, {"2M"}, {"1G"}};

constexpr Field<HardwareSection> kHardwareFields[] = {
    {{.name = "arch",
      .doc = "processor architecture of the guest",
      .required = true,
      .choices = kArchs,
      .effect = Effect::Replace},
     &HardwareSection::arch},
    {{.name = "cpu",
      .doc = "QEMU\'s name of the processor model",
      .absent = "`host` under KVM, the platform\'s under TCG"},
     &HardwareSection::cpu},
    {{.name = "cores",
      .doc = "cores of a socket; virtual processors are `sockets` x `cores` x `threads`",
      .required = true,
      .min = 1,
      .max = 256},
     &HardwareSection::cores},
    {{.name = "sockets",
      .doc = "processor sockets",
      .fallback = std::int64_t{1},
      .min = 1,
      .max = 64},
     &HardwareSection::sockets},
    {{.name = "threads",
      .doc = "threads of a core",
      .fallback = std::int64_t{1},
      .min = 1,
      .max = 8},
     &HardwareSection::threads},
    {{.name = "memory_mb",
      .doc = "memory of the guest",
      .required = true,
      .min = 256,
      .max = 16 * 1024 * 1024,
      .unit = "MiB"},
     &HardwareSection::memory_mb},
    {{.name = "acceleration",
      .doc = "how the processor is run; `auto` takes the best that the platform offers",
      .fallback = std::string_view("auto"),
      .choices = kAccelerations},
     &HardwareSection::acceleration},
    {{.name = "machine",
      .doc = "QEMU\'s versioned machine type, such as `pc-q35-7.1`",
      .absent = "the platform\'s"},
     &HardwareSection::machine},
    {{.name = "cpu_flags",
      .doc = "processor features switched on or off: `+aes`, `-svm`",
      .fallback = EmptyList{}},
     &HardwareSection::cpu_flags},
    {{.name = "hugepages",
      .doc = "back the memory with the host's huge pages of this size",
      .fallback = std::string_view("off"),
      .choices = kHugepages},
     &HardwareSection::hugepages},
    {{.name = "balloon",
      .doc = "a device through which the guest gives memory back",
      .fallback = false},
     &HardwareSection::balloon},
    {{.name = "rng",
      .doc = "a device that gives the guest the host's random numbers",
      .fallback = false},
     &HardwareSection::rng},
};

constexpr Field<NumaSection> kNumaFields[] = {
    {{.name = "cores",
      .doc = "virtual processors of the node; those of all nodes make up the machine's",
      .required = true,
      .min = 1,
      .max = 256},
     &NumaSection::cores},
    {{.name = "memory_mb",
      .doc = "memory of the node; that of all nodes makes up the machine's",
      .required = true,
      .min = 1,
      .max = 16 * 1024 * 1024,
      .unit = "MiB"},
     &NumaSection::memory_mb},
};

}  // namespace

template <>
const SectionTable<HardwareSection>& section_table() {
  static constexpr SectionTable<HardwareSection> kTable{
      {.path = "hardware", .doc = "processor and memory", .required = true}, kHardwareFields};
  return kTable;
}

template <>
const SectionTable<NumaSection>& section_table() {
  static constexpr SectionTable<NumaSection> kTable{
      {.path = "hardware.numa",
       .shape = SectionShape::TableArray,
       .doc = "NUMA nodes of the guest, in order; without any there is one"},
      kNumaFields};
  return kTable;
}

}  // namespace vmplan::model
