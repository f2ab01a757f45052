// SPDX-License-Identifier: Apache-2.0
// Rows of `[kernel]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Field<KernelSection> kKernelFields[] = {
    {{.name = "enabled", .doc = "boot this kernel instead of a disk", .fallback = false},
     &KernelSection::enabled},
    {{.name = "bzimage",
      .doc = "the kernel; this or `image` is required when enabled",
      .path = PathRole::KernelFile},
     &KernelSection::bzimage},
    {{.name = "image", .doc = "the kernel, as a raw image of the lab"}, &KernelSection::image},
    {{.name = "initrd", .doc = "the initial file system", .path = PathRole::KernelFile},
     &KernelSection::initrd},
    {{.name = "initrd_image", .doc = "the initial file system, as a raw image of the lab"},
     &KernelSection::initrd_image},
    {{.name = "append", .doc = "the kernel's command line", .fallback = std::string_view("")},
     &KernelSection::append},
};

}  // namespace

template <>
const SectionTable<KernelSection>& section_table() {
  static constexpr SectionTable<KernelSection> kTable{
      {.path = "kernel", .doc = "direct kernel boot"}, kKernelFields};
  return kTable;
}

}  // namespace vmplan::model
