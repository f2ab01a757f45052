// SPDX-License-Identifier: Apache-2.0
// publish, verify-disk and the reading of headers on the real disk with the real qemu-img: what it
// writes and says is what they understand.
#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "runtime/exec/steps/builtin.h"
#include "runtime/exec/steps/disk_header.h"
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
  std::string qemu_img(Words argv) {
    argv.insert(argv.begin(), "qemu-img");
    os::ProcessSpec spec;
    spec.executable = os::find_program("qemu-img").value();
    spec.argv = std::move(argv);
    spec.env = {{"LC_ALL", "C"}};
    Result<os::ProcessExit> exit = processes.run(spec, cancel);
    REQUIRE(exit);
    INFO(exit->error_tail);
    REQUIRE(exit->code == 0);
    return exit->output;
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
  const DiskHeader header = read_disk_header(lab.files, "disks/x").value();
  CHECK(header.backing == "../store/base");
  CHECK(header.backing_format == "qcow2");

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
    INFO(format);
    // A dynamic vpc starts with a copy of its footer, so all of them show at the front.
    CHECK(read_disk_header(lab.files, path)->format == format);
  }
}

TEST_CASE("disk headers with qemu-img: size, base and its format are those that it says",
          "[steps][qemu]") {
  RealLab lab;
  lab.scratch.make_directory("d");
  const Words create = {"create", "-q"};
  auto make = [&](const std::string& path, Words options, const std::string& size) {
    options.insert(options.begin(), create.begin(), create.end());
    options.push_back("./" + path);
    if (!size.empty()) options.push_back(size);
    lab.qemu_img(options);
    return path;
  };
  Words paths = {make("a.qcow2", {"-f", "qcow2"}, "3G"),
                 make("old.qcow2", {"-f", "qcow2", "-o", "compat=0.10"}, "1537K"),
                 make("a.vmdk", {"-f", "vmdk"}, "70M"),
                 make("a.vdi", {"-f", "vdi"}, "5M"),
                 make("static.vdi", {"-f", "vdi", "-o", "static=on"}, "2M"),
                 make("a.raw", {"-f", "raw"}, "1000"),
                 make("d/o.qcow2", {"-f", "qcow2", "-F", "qcow2", "-b", "../a.qcow2"}, ""),
                 make("d/old.qcow2",
                      {"-f", "qcow2", "-o", "compat=0.10", "-F", "raw", "-b", "../a.raw"}, "1G"),
                 make("d/o.vmdk", {"-f", "vmdk", "-F", "vmdk", "-b", "../a.vmdk"}, "")};
  for (const std::string& path : paths) {
    INFO(path);
    const Json info =
        read_foreign_json(lab.qemu_img({"info", "--output=json", "./" + path})).value();
    Result<DiskHeader> header = read_disk_header(lab.files, path);
    REQUIRE(header);
    CHECK(header->format == info.string_or("format", "?"));
    CHECK(header->size == info.int_or("virtual-size", -1));
    CHECK(header->backing == info.string_or("backing-filename", ""));
    CHECK(header->backing_format == info.string_or("backing-filename-format", ""));
  }
}

TEST_CASE("disk headers with qemu-img: what keeps its data elsewhere is refused", "[steps][qemu]") {
  RealLab lab;
  lab.qemu_img({"create", "-q", "-f", "qcow2", "-o", "data_file=data.raw", "./split.qcow2", "1M"});
  lab.qemu_img(
      {"create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", "./flat.vmdk", "1M"});
  lab.qemu_img(
      {"create", "-q", "-f", "vmdk", "-o", "subformat=twoGbMaxExtentSparse", "./two.vmdk", "1M"});
  lab.qemu_img(
      {"create", "-q", "-f", "vmdk", "-o", "subformat=streamOptimized", "./stream.vmdk", "1M"});
  // An embedded description is believed when the header states no capacity.
  lab.qemu_img({"create", "-q", "-f", "vmdk", "./embedded.vmdk", "1M"});
  std::string embedded = lab.scratch.read("embedded.vmdk");
  embedded.replace(12, 8, 8, '\0');
  lab.scratch.write("embedded.vmdk", embedded);
  // A vdi that is a difference names its parent by a UUID.
  lab.qemu_img({"create", "-q", "-f", "vdi", "./child.vdi", "1M"});
  std::string child = lab.scratch.read("child.vdi");
  child[0x1b8] = 7;
  lab.scratch.write("child.vdi", child);
  for (const char* path :
       {"split.qcow2", "flat.vmdk", "two.vmdk", "stream.vmdk", "embedded.vmdk", "child.vdi"}) {
    INFO(path);
    Result<DiskHeader> header = read_disk_header(lab.files, path);
    REQUIRE_FALSE(header);
    CHECK(header.error().kind == ErrorKind::Refused);
    CHECK(header.error().message.find(path) != std::string::npos);
  }
}

TEST_CASE("disk headers with qemu-img: a head that is cut off anywhere is an error and no crash",
          "[steps][qemu]") {
  RealLab lab;
  lab.qemu_img({"create", "-q", "-f", "raw", "./base", "1M"});
  lab.qemu_img({"create", "-q", "-f", "qcow2", "-F", "raw", "-b", "base", "./x.qcow2"});
  lab.qemu_img({"create", "-q", "-f", "vmdk", "./x.vmdk", "1M"});
  lab.qemu_img({"create", "-q", "-f", "vdi", "./x.vdi", "1M"});
  const std::size_t needed[] = {0x1d4, 79, 0x1c8};
  const char* paths[] = {"x.qcow2", "x.vmdk", "x.vdi"};
  for (std::size_t n = 0; n < std::size(paths); ++n) {
    const std::string whole = lab.scratch.read(paths[n]);
    const std::string format = read_disk_header(lab.files, paths[n])->format;
    for (std::size_t size = 0; size < needed[n]; ++size) {
      lab.scratch.write(paths[n], whole.substr(0, size));
      Result<DiskHeader> header = read_disk_header(lab.files, paths[n]);
      INFO(paths[n] << " of " << size << " bytes");
      CHECK((!header || header->format == "raw"));
    }
  }
}

}  // namespace
}  // namespace vmplan::exec
