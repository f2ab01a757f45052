// SPDX-License-Identifier: Apache-2.0
// Program names to absolute paths. The search path is fixed, so that the caller's PATH cannot slip
// anything in.
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "compiler/base/text.h"
#include "runtime/os/process.h"

namespace vmplan::os {
namespace {

struct KnownProgram {
  std::string_view name;
  std::string_view package;
};

constexpr std::array kPackages = {
    KnownProgram{"dot", "graphviz"},
    KnownProgram{"genisoimage", "genisoimage"},
    KnownProgram{"ip", "iproute2"},
    KnownProgram{"qemu-img", "qemu-utils"},
    KnownProgram{"qemu-system-aarch64", "qemu-system-arm"},
    KnownProgram{"qemu-system-ppc64", "qemu-system-ppc"},
    KnownProgram{"qemu-system-riscv64", "qemu-system-misc"},
    KnownProgram{"qemu-system-x86_64", "qemu-system-x86"},
    KnownProgram{"ssh", "openssh-client"},
    KnownProgram{"swtpm", "swtpm"},
    KnownProgram{"virtiofsd", "virtiofsd"},
    KnownProgram{"xorriso", "xorriso"},
};

bool is_executable(const std::string& path) {
  struct ::stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string hint(std::string_view name) {
  for (const KnownProgram& known : kPackages)
    if (known.name == name) return fmt::format("; Debian has it in the package {}", known.package);
  return "";
}

}  // namespace

Result<std::string> find_program(const std::string& name) {
  if (name.starts_with('/')) {
    if (is_executable(name)) return name;
    return fail(ErrorKind::NotFound, fmt::format("`{}` is not an executable file", name));
  }
  if (name.empty() || name.find('/') != std::string::npos)
    return fail(ErrorKind::NotFound,
                fmt::format("`{}` is neither a program name nor an absolute path", name));
  for (std::string_view directory : split(kProgramPath, ':')) {
    std::string path = fmt::format("{}/{}", directory, name);
    if (is_executable(path)) return path;
  }
  return fail(ErrorKind::NotFound,
              fmt::format("the program `{}` is not in {}{}", name, kProgramPath, hint(name)));
}

}  // namespace vmplan::os
