// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/known_programs.h"

#include <algorithm>
#include <array>

namespace vmplan {
namespace {

constexpr std::array<std::string_view, 5> kOwnPrograms = {
    "ip", "qemu-system-aarch64", "qemu-system-ppc64", "qemu-system-riscv64", "qemu-system-x86_64"};

/// What images are made with: bootstrapping a system, packing and unpacking, file systems, disks.
constexpr std::array<std::string_view, 26> kRecipePrograms = {
    "bsdtar",    "chmod",       "cp",         "cpio",    "depmod",  "dpkg-deb", "e2fsck",
    "find",      "genisoimage", "gzip",       "install", "ln",      "mkdir",    "mke2fs",
    "mkfs.vfat", "mksquashfs",  "mmdebstrap", "mv",      "python3", "qemu-img", "rm",
    "tar",       "touch",       "truncate",   "xz",      "zstd"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_known_program(std::string_view name) {
  return holds(kOwnPrograms, name) || is_recipe_program(name);
}

bool is_recipe_program(std::string_view name) { return holds(kRecipePrograms, name); }

}  // namespace vmplan
