// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/host_platform.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>

#include "compiler/base/json_read.h"
#include "runtime/os/program_version.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::build {
namespace {

constexpr std::size_t kMaxPlatformFile = 64U << 10U;

/// The two numbers by which QEMU names its machine types.
Result<std::string> qemu_release(const std::string& name, os::ProcessRunner& processes) {
  Result<std::string> program = os::find_program(name);
  if (!program) return program;
  os::ProcessSpec spec;
  spec.executable = *program;
  spec.argv = {name, "--version"};
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
  if (model::find_platform(word) != nullptr) return false;  // "linux-x86_64-tcg/1"
  return word.find('/') != std::string_view::npos || word.ends_with(".json");
}

Result<model::Platform> probe_host(os::ProcessRunner& processes) {
  utsname host{};
  auto known = model::architectures();
  if (::uname(&host) != 0 || std::find(known.begin(), known.end(), host.machine) == known.end())
    return fail(ErrorKind::Refused,
                fmt::format("this host is {}, which vmplan knows no QEMU for", host.machine));
  const std::string& name = model::named_platforms().front().guest(host.machine)->qemu_binary;
  Result<std::string> version = qemu_release(name, processes);
  if (!version) return fail(std::move(version.error()).with("probing the host"));
  return model::linux_platform(kHostPlatform, host.machine, kvm_is_usable(), *version);
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
