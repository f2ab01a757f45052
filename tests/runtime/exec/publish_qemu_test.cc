// SPDX-License-Identifier: Apache-2.0
// publish and verify-chain on the real disk with the real qemu-img: what it writes and says is what
// they understand.
#include <catch2/catch.hpp>

#include "compiler/base/result.h"
#include "runtime/exec/steps/builtin.h"
#include "runtime/exec/steps/disk_format.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_file_system.h"
#include "runtime/os/posix_process.h"
#include "tests/support/run_lab.h"
#include "tests/support/scratch.h"

namespace vmplan::exec {
namespace {

using Words = std::vector<std::string>;

/// A lab on disk with real programs; machines and clock stay fake.
struct RealLab {
  test::Scratch scratch{"publish"};
  os::LabRoot root = os::LabRoot::open(scratch.path()).value();
  os::PosixFileSystem files{root};
  os::PosixProcessRunner processes{root};
  test::FakeMachines machines;
  test::FakeClock clock;
  os::Cancel cancel;
  std::unique_ptr<state::StateStore> store = test::memory_store();
  LabHost host{files, processes, machines, clock, cancel, root.path()};

  StepReport step(const Words& words) {
    store::DigestCache verified(files, "");
    StepContext context{host, *store, verified};
    return run_builtin(words, context);
  }
  void qemu_img(Words argv) {
    argv.insert(argv.begin(), "qemu-img");
    os::ProcessSpec spec;
    spec.executable = os::find_program("qemu-img").value();
    spec.argv = std::move(argv);
    spec.env = {{"LC_ALL", "C"}};
    Result<os::ProcessExit> exit = processes.run(spec, cancel);
    REQUIRE(exit);
    INFO(exit->error_tail);
    REQUIRE(exit->code == 0);
  }
};

TEST_CASE("publish with qemu-img: new, adopted and refused", "[steps][qemu]") {
  RealLab lab;
  lab.scratch.make_directory("disks");
  lab.scratch.make_directory("store");
  const std::string bytes = fmt::format("{}", Gibibytes{1}.bytes().value);
  lab.qemu_img({"create", "-q", "-f", "qcow2", "./store/base", "1G"});
  lab.qemu_img({"create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "../store/base",
                "./disks/x.vmplan-new", "1G"});
  const Words words = {"publish", "disks/x", "qcow2", bytes, "../store/base"};

  StepReport first = lab.step(words);
  INFO(first.message);
  CHECK(first.exit_code == 0);
  CHECK_FALSE(first.adopted);
  CHECK_FALSE(lab.scratch.exists("disks/x.vmplan-new"));
  CHECK(qcow2_backing_name(lab.files.read_part("disks/x", 0, kDiskHeadSize).value()) ==
        "../store/base");

  lab.qemu_img({"create", "-q", "-f", "qcow2", "./disks/x.vmplan-new", "1G"});
  const std::string before = lab.scratch.read("disks/x");
  StepReport again = lab.step(words);
  INFO(again.message);
  CHECK(again.exit_code == 0);
  CHECK(again.adopted);
  CHECK_FALSE(lab.scratch.exists("disks/x.vmplan-new"));
  CHECK(lab.scratch.read("disks/x") == before);

  for (const Words& other : {Words{"publish", "disks/x", "qcow2", "1073741825", "../store/base"},
                             Words{"publish", "disks/x", "qcow2", bytes, "-"},
                             Words{"publish", "disks/x", "qcow2", bytes, "../store/other"},
                             Words{"publish", "disks/x", "raw", bytes, "-"}}) {
    StepReport refused = lab.step(other);
    CHECK(refused.exit_code == kStepFailed);
    CHECK(refused.message.find("does not fit") != std::string::npos);
  }
  CHECK(lab.scratch.read("disks/x") == before);
}

TEST_CASE("publish with qemu-img: a raw disk, and a name with a comma and a colon",
          "[steps][qemu]") {
  RealLab lab;
  lab.scratch.make_directory("d,e:f");
  lab.qemu_img({"create", "-q", "-f", "raw", "./d,e:f/x.vmplan-new", "1M"});
  const Words words = {"publish", "d,e:f/x", "raw", "1048576", "-"};
  CHECK(lab.step(words).exit_code == 0);
  lab.qemu_img({"create", "-q", "-f", "raw", "./d,e:f/x.vmplan-new", "1M"});
  StepReport adopted = lab.step(words);
  INFO(adopted.message);
  CHECK(adopted.exit_code == 0);
  CHECK(adopted.adopted);
}

TEST_CASE("verify-disk with qemu-img: every format it makes is told apart", "[steps][qemu]") {
  RealLab lab;
  for (const char* format : {"qcow2", "raw", "qed", "vmdk", "vdi", "vhdx", "vpc"}) {
    const std::string path = fmt::format("x.{}", format);
    lab.qemu_img({"create", "-q", "-f", format, "./" + path, "1M"});
    Result<std::string> head = lab.files.read_part(path, 0, kDiskHeadSize);
    REQUIRE(head);
    INFO(format);
    // A dynamic vpc starts with a copy of its footer, so all of them show at the front.
    CHECK(format_of_head(*head) == format);
  }
}

}  // namespace
}  // namespace vmplan::exec
