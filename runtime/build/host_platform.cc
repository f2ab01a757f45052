// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/host_platform.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include "compiler/base/json_read.h"
#include "runtime/os/program_version.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::build {
namespace {

constexpr std::size_t kMaxPlatformFile = 64U << 10U;
constexpr const char* kQemu = "qemu-system-x86_64";

/// The two numbers by which QEMU names its machine types.
Result<std::string> qemu_release(os::ProcessRunner& processes) {
  Result<std::string> program = os::find_program(kQemu);
  if (!program) return program;
  os::ProcessSpec spec;
  spec.executable = *program;
  spec.argv = {kQemu, "--version"};
  spec.env = {{"LC_ALL", "C"}, {"PATH", os::kProgramPath}};
  spec.timeout = {10'000};
  os::Cancel never;
  Result<os::ProcessExit> exit = processes.run(spec, never);
  if (!exit) return fail(std::move(exit.error()));
  std::string release = os::release_of(os::version_in(exit->output));
  if (exit->code != 0 || exit->signal != 0 || release.empty())
    return fail(ErrorKind::Corrupt, fmt::format("{} --version answered no version", *program));
  return release;
}

bool kvm_is_usable() {
  os::UniqueFd device(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  return device.get() >= 0;
}

}  // namespace

bool is_platform_file(std::string_view word) {
  return word.find('/') != std::string_view::npos || word.ends_with(".json");
}

Result<model::Platform> probe_host(os::ProcessRunner& processes) {
  utsname host{};
  if (::uname(&host) != 0 || std::string_view(host.machine) != "x86_64")
    return fail(
        ErrorKind::Refused,
        fmt::format("this host is {}; only x86_64 hosts can be probed so far", host.machine));
  Result<std::string> version = qemu_release(processes);
  if (!version) return fail(std::move(version.error()).with("probing the host"));
  model::Platform platform;
  platform.name = kHostPlatform;
  platform.os = "linux";
  platform.arch = "x86_64";
  if (kvm_is_usable()) platform.accelerators.push_back(model::Acceleration::Kvm);
  platform.accelerators.push_back(model::Acceleration::Tcg);
  platform.qemu_version = *version;
  platform.machine = "pc-q35-" + *version;
  platform.qemu_binary = kQemu;
  platform.qemu_img = "qemu-img";
  return platform;
}

Result<model::Platform> read_platform_file(const FileReader& files, const std::string& path) {
  Result<std::string> text = files.read(path, kMaxPlatformFile);
  if (!text) return fail(std::move(text.error()));
  Result<Json> document = read_foreign_json(*text);
  if (!document) return fail(std::move(document.error()).with(path));
  Result<model::Platform> platform = model::platform_from_json(*document);
  if (!platform) return fail(std::move(platform.error()).with(path));
  return platform;
}

}  // namespace vmplan::build
