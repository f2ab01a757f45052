// SPDX-License-Identifier: Apache-2.0
// Four profiles of everyday work, each as somebody would write it, and what their machines get.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/compile_lab.h"
#include "tests/support/sample_lab.h"

using namespace vmplan;

namespace {

const char* const kMinimal = R"(schema_version = 1
vm.name = "minimal"
hardware = { arch = "x86_64", memory_mb = 1024, cores = 1 }
[[storage.disks]]
name = "root"
path = "images/root.qcow2"
format = "qcow2"
boot = true
)";

const char* const kKernelDev = R"(schema_version = 1
[vm]
name = "kernel-dev"
[hardware]
arch = "x86_64"
cpu = "host"
cores = 4
memory_mb = 8192
acceleration = "kvm"
[[storage.disks]]
name = "root"
path = "images/root.qcow2"
format = "qcow2"
boot = true
[[storage.disks]]
name = "source"
path = "../linux-source"
format = "host-path"
readonly = true
[[network.interfaces]]
name = "net0"
type = "user"
hostfwd = ["tcp:127.0.0.1:2222-:22"]
[serial]
enabled = true
mode = "pty"
[qmp]
enabled = true
socket = "run/kernel-dev.qmp.sock"
)";

const char* const kDirectKernel = R"(schema_version = 1
[vm]
name = "direct"
[hardware]
arch = "x86_64"
cores = 2
memory_mb = 512
[kernel]
enabled = true
bzimage = "images/bzImage"
initrd = "images/initrd.img"
append = "console=ttyS0 root=/dev/ram0"
[serial]
enabled = true
mode = "file"
)";

const char* const kTcgOnly = R"(schema_version = 1
[vm]
name = "tcg-only"
[hardware]
arch = "x86_64"
cores = 1
memory_mb = 256
acceleration = "tcg"
[[storage.disks]]
name = "root"
path = "images/root.raw"
format = "raw"
boot = true
)";

/// The command line of the one machine.
std::vector<std::string> argv_of(const std::string& profile) {
  Compiled compiled = test::compile_lab(
      {{"vmplan.toml", "schema_version = 1\n[paths]\nallow = [\"../linux-source\"]\n"},
       {"profiles/a.toml", profile},
       {"images/bzImage", "kernel"},
       {"images/initrd.img", "initrd"}});
  const model::Vm& vm = *compiled.lab.vms.begin();
  const plan::CommandPlan& node = test::node_of(compiled.plan, "vm/" + vm.name);
  for (const plan::Step& step : node.commands)
    if (step.mode == plan::StepMode::Daemon) return step.argv;
  return {};
}

bool has(const std::vector<std::string>& argv, const std::vector<std::string>& words) {
  return std::search(argv.begin(), argv.end(), words.begin(), words.end()) != argv.end();
}

/// Whether a word of the command line holds a text.
bool mentions(const std::vector<std::string>& argv, std::string_view text) {
  return std::any_of(argv.begin(), argv.end(),
                     [&](const std::string& word) { return word.find(text) != std::string::npos; });
}

}  // namespace

TEST_CASE("sample: a minimal profile") {
  std::vector<std::string> argv = argv_of(kMinimal);
  CHECK(argv[0] == "qemu-system-x86_64");
  CHECK(has(argv, {"-smp", "1", "-m", "1024M"}));
  CHECK(has(argv, {"-accel", "kvm"}));
  CHECK(mentions(argv, "\"filename\":\"images/root.qcow2\""));
  CHECK(has(argv, {"-name", "minimal"}));
}

TEST_CASE("sample: a machine for kernel work, with a read-only share and a forwarded port") {
  std::vector<std::string> argv = argv_of(kKernelDev);
  CHECK(has(argv, {"-accel", "kvm"}));
  CHECK(has(argv, {"-cpu", "host"}));
  CHECK(has(argv, {"-smp", "4", "-m", "8192M"}));
  auto share = std::find(argv.begin(), argv.end(), "-fsdev");
  REQUIRE(share != argv.end());
  CHECK(share[1].find("path=../linux-source,") != std::string::npos);
  CHECK(share[1].ends_with(",readonly=on"));
  CHECK(mentions(argv, "\"mount_tag\":\"source\""));
  CHECK(mentions(argv, "{\"str\":\"tcp:127.0.0.1:2222-:22\"}"));
  CHECK(mentions(argv, "path=run/kernel-dev.qmp.sock,server=on,wait=off"));
  CHECK(mentions(argv, "pty,id=serial0,logfile=logs/kernel-dev/serial.log"));
  CHECK(has(argv, {"-name", "kernel-dev"}));
}

TEST_CASE("sample: a kernel without a disk") {
  std::vector<std::string> argv = argv_of(kDirectKernel);
  CHECK(has(argv, {"-kernel", "images/bzImage", "-initrd", "images/initrd.img", "-append",
                   "console=ttyS0 root=/dev/ram0"}));
  CHECK(mentions(argv, "file,id=serial0,path=logs/direct/serial.log,append=on"));
  CHECK_FALSE(has(argv, {"-blockdev"}));
}

TEST_CASE("sample: a machine that asks for TCG gets it, and a processor that TCG has") {
  std::vector<std::string> argv = argv_of(kTcgOnly);
  CHECK(has(argv, {"-accel", "tcg"}));
  CHECK(has(argv, {"-cpu", "max"}));
  CHECK_FALSE(mentions(argv, "kvm"));
}
