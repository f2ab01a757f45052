// SPDX-License-Identifier: Apache-2.0
// Every built-in step, with good and bad arguments, on the file system in memory.
#include "compiler/lower/steps.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/exec/steps/builtin.h"
#include "runtime/exec/steps/disk_format.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using test::RunLab;
using Words = std::vector<std::string>;

/// Runs steps by hand, as `vmplan step` does.
struct StepLab : RunLab {
  StepReport step(const Words& words) {
    LabHost world = host();
    store::DigestCache verified(files, "");
    StepContext context{world, *store, verified};
    return run_builtin(words, context);
  }
};

const std::string kAbc = sha256("abc").text();

TEST_CASE("steps: every form of the table is run, and takes its own number of words", "[steps]") {
  StepLab lab;
  for (const plan::BuiltinForm& form : plan::builtin_forms()) {
    CAPTURE(form.grammar);
    Words words = {std::string(form.name)};
    if (!form.verb.empty()) words.emplace_back(form.verb);
    const StepReport none = lab.step(words);
    CHECK(none.exit_code == kStepUsage);
    CHECK(none.message.find(fmt::format("usage: vmplan step {}", form.grammar)) !=
          std::string::npos);
    while (!form.takes(plan::arguments(form, words).size())) words.emplace_back("x");
    // Somebody takes it up: what is said now is about the words, or the world.
    CHECK(lab.step(words).message.find("number of words") == std::string::npos);
  }
}

TEST_CASE("steps: wrong words exit with 2, say why, and change nothing", "[steps]") {
  const Words words = GENERATE(values<Words>({
      {},
      {"verfy", "x", kAbc},
      {"mkdir"},
      {"mkdir", "x"},
      {"mkdir", "x", "755"},
      {"mkdir", "x", "0o755"},
      {"mkdir", "x", "0789"},
      {"mkdir", "x", "0755", "y"},
      {"fetch", "https://example.org/a", "b"},
      {"fetch", "https://example.org/a", "b", "abc"},
      {"fetch", "ftp://example.org/a", "b", kAbc},
      {"fetch", "a", "b", kAbc},
      {"import", "a"},
      {"import", "a", "b", "abc"},
      {"verify", "a", "sha256:abc"},
      {"verify", "a"},
      {"verify-chain"},
      {"verify-chain", "disk/x", "path"},
      {"verify-disk", "a", "qed"},
      {"verify-directory"},
      {"verify-directory", "a", "b"},
      {"seed"},
      {"seed", "remove"},
      {"seed", "write", "x"},
      {"seed", "write", "x", "-", "user-data", "-"},
      {"seed", "write", "x", "-", "file:", "-"},
      {"serial"},
      {"serial", "mark", "run/web"},
      {"serial", "wait", "run/web", "log", "10"},
      {"serial", "wait", "run/web", "log", "soon", "login"},
      {"serial", "wait", "run/web", "log", "10", ""},
      {"verify-disk", "a"},
      {"publish", "a", "qcow2", "1"},
      {"publish", "a", "qcow2", "-1", "-"},
      {"publish", "a", "qcow2", "1G", "-"},
      {"publish", "a", "vhdx", "1", "-"},
      {"check"},
      {"check", "a", "b"},
      {"remove"},
      {"machine"},
      {"machine", "running"},
      {"machine", "running", "r", "nohash"},
      {"machine", "running", "r", kAbc, "more"},
      {"machine", "stop", "r"},
      {"machine", "wait", "r"},
      {"machine", "wait", "r", "soon"},
      {"machine", "wait", "r", "-1"},
      {"machine", "wait", "r", "99999999999999999999"},
      {"machine", "signal", "r", "HUP"},
      {"machine", "clean", ""},
  }));
  StepLab lab;
  const std::vector<std::string> before = lab.files.everything();
  StepReport report = lab.step(words);
  CHECK(report.exit_code == kStepUsage);
  CHECK_FALSE(report.message.empty());
  CHECK(lab.files.everything() == before);
  CHECK(lab.machines.calls().empty());
}

TEST_CASE("steps: an unknown name gets a suggestion", "[steps]") {
  StepLab lab;
  CHECK(lab.step({"verfy", "x", kAbc}).message.find("did you mean `verify`") != std::string::npos);
  CHECK(lab.step({"machine", "runing", "x"}).message.find("did you mean `running`") !=
        std::string::npos);
  CHECK(lab.step({"machine"}).message.find("machine has no ``") != std::string::npos);
}

TEST_CASE("steps: mkdir", "[steps]") {
  StepLab lab;
  CHECK(lab.step({"mkdir", ".vmplan/run/web", "0700"}).exit_code == 0);
  CHECK(lab.files.stat(".vmplan/run/web")->mode == 0700);
  CHECK(lab.step({"mkdir", ".vmplan/run/web", "0755"}).exit_code == 0);
  CHECK(lab.files.stat(".vmplan/run/web")->mode == 0700);
  CHECK(lab.step({"mkdir", "images/base", "0755"}).exit_code == kStepFailed);
  CHECK(lab.step({"mkdir", "../elsewhere", "0755"}).exit_code == kStepFailed);
}

TEST_CASE("steps: import copies, checks, and never overwrites", "[steps]") {
  StepLab lab;
  lab.files.put("images/a", "abc");
  lab.files.put_directory("store");
  SECTION("a good image") {
    CHECK(lab.step({"import", "images/a", "store/a", kAbc}).exit_code == 0);
    CHECK(lab.files.bytes("store/a") == "abc");
    CHECK(lab.files.stat("store/a")->mode == 0444);
    CHECK_FALSE(lab.files.exists("store/a.vmplan-new"));
    // Again, even when the source has changed or is gone: the store has it.
    REQUIRE(lab.files.remove("images/a"));
    CHECK(lab.step({"import", "images/a", "store/a", kAbc}).exit_code == 0);
  }
  SECTION("a wrong image leaves nothing behind") {
    lab.files.put("images/a", "abd");
    StepReport report = lab.step({"import", "images/a", "store/a", kAbc});
    CHECK(report.exit_code == kStepFailed);
    CHECK(report.message.find(sha256("abd").text()) != std::string::npos);
    CHECK_FALSE(lab.files.exists("store/a"));
    CHECK_FALSE(lab.files.exists("store/a.vmplan-new"));
  }
  SECTION("other bytes in the store are an error and stay") {
    lab.files.put("store/a", "other");
    CHECK(lab.step({"import", "images/a", "store/a", kAbc}).exit_code == kStepFailed);
    CHECK(lab.files.bytes("store/a") == "other");
  }
  SECTION("a leftover of a copy that was cut off is overwritten") {
    lab.files.put("store/a.vmplan-new", "ab");
    CHECK(lab.step({"import", "images/a", "store/a", kAbc}).exit_code == 0);
    CHECK(lab.files.bytes("store/a") == "abc");
  }
  SECTION("a missing image") {
    CHECK(lab.step({"import", "images/none", "store/a", kAbc}).exit_code == kStepFailed);
  }
}

TEST_CASE("steps: what reads whole files ends when a person asks twice", "[steps]") {
  StepLab lab;
  lab.files.put("images/a", "abc");
  lab.files.put_directory("store");
  lab.cancel.interrupt();
  lab.cancel.interrupt();
  StepReport report = lab.step({"import", "images/a", "store/a", kAbc});
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find("interrupted") != std::string::npos);
  CHECK_FALSE(lab.files.exists("store/a"));
  CHECK_FALSE(lab.files.exists("store/a.vmplan-new"));
  CHECK(lab.step({"verify", "images/a", kAbc}).exit_code == kStepFailed);
}

TEST_CASE("steps: verify, check and remove", "[steps]") {
  StepLab lab;
  lab.files.put("a", "abc");
  CHECK(lab.step({"verify", "a", kAbc}).exit_code == 0);
  CHECK(lab.step({"verify", "a", sha256("x").text()}).exit_code == kStepFailed);
  CHECK(lab.step({"verify", "none", kAbc}).exit_code == kStepFailed);
  CHECK(lab.step({"check", "a"}).exit_code == 0);
  CHECK(lab.step({"check", "none"}).exit_code == kStepFailed);
  CHECK(lab.step({"check", "images"}).exit_code == kStepFailed);
  CHECK(lab.step({"remove", "images"}).exit_code == kStepFailed);
  CHECK(lab.step({"remove", "a"}).exit_code == 0);
  CHECK_FALSE(lab.files.exists("a"));
  CHECK(lab.step({"remove", "a"}).exit_code == 0);
}

TEST_CASE("steps: verify-disk looks at the bytes, not the name", "[steps]") {
  StepLab lab;
  lab.files.put("good.img", test::fake_qcow2(1));
  lab.files.put("raw.qcow2", "just bytes");
  lab.files.put("empty", "");
  lab.files.put_symlink("link", "good.img");
  CHECK(lab.step({"verify-disk", "good.img", "qcow2"}).exit_code == 0);
  CHECK(lab.step({"verify-disk", "good.img", "raw"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-disk", "raw.qcow2", "qcow2"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-disk", "raw.qcow2", "raw"}).exit_code == 0);
  CHECK(lab.step({"verify-disk", "empty", "raw"}).exit_code == 0);
  CHECK(lab.step({"verify-disk", "empty", "qcow2"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-disk", "none", "raw"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-disk", "link", "qcow2"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-disk", "images", "raw"}).exit_code == kStepFailed);
}

TEST_CASE("steps: formats by their first bytes", "[steps]") {
  CHECK(format_of_head("") == "raw");
  CHECK(format_of_head("QFI") == "raw");
  CHECK(format_of_head("QFI\xfb") == "qcow2");
  CHECK(format_of_head(std::string("QED\0", 4)) == "qed");
  CHECK(format_of_head("KDMV...") == "vmdk");
  CHECK(format_of_head("LUKS\xba\xbe") == "luks");
  CHECK(format_of_head(std::string(0x40, ' ') + "\x7f\x10\xda\xbe") == "vdi");
}

TEST_CASE("steps: a disk that is there must hold its data itself", "[steps]") {
  StepLab lab;
  lab.files.put("overlay", test::fake_qcow2(1, "/etc/hostname"));
  StepReport report = lab.step({"verify-disk", "overlay", "qcow2"});
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find("rests on `/etc/hostname`") != std::string::npos);

  std::string external = test::fake_qcow2(1);
  external[79] = 4;  // incompatible feature bit 2
  lab.files.put("external", external);
  report = lab.step({"verify-disk", "external", "qcow2"});
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find("another file") != std::string::npos);
  CHECK(lab.step({"publish", "external", "qcow2", "0", "-"}).exit_code == kStepFailed);

  lab.files.put("descriptor", "# Disk DescriptorFile\nversion=1\nRW 4192256 FLAT \"/dev/sda\"\n");
  report = lab.step({"verify-disk", "descriptor", "vmdk"});
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find("qemu-img convert") != std::string::npos);
  CHECK(lab.step({"publish", "descriptor", "vmdk", "0", "-"}).exit_code == kStepFailed);
}

TEST_CASE("steps: verify-chain goes by what was applied", "[steps]") {
  StepLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  const std::string disk = test::disk_path("web");
  const std::string base = test::stored_image("base", test::kBaseBytes);
  const Words short_form = {"verify-chain", "disk/web/root"};
  CHECK(lab.step(short_form).exit_code == 0);
  CHECK(lab.step({"verify-chain", "disk/web/root", disk, "qcow2"}).exit_code == 0);
  CHECK(lab.step({"verify-chain", "disk/web/root", disk, "raw"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-chain", "disk/web/root", "elsewhere", "qcow2"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-chain", "disk/none/root"}).exit_code == kStepFailed);
  CHECK(lab.step({"verify-chain", "vm/web"}).exit_code == kStepFailed);
  SECTION("a base with other bytes") {
    lab.files.put(base, "other");
    CHECK(lab.step(short_form).message.find(base) != std::string::npos);
    CHECK(lab.step(short_form).exit_code == kStepFailed);
  }
  SECTION("a base that is gone") {
    REQUIRE(lab.files.remove(base));
    CHECK(lab.step(short_form).exit_code == kStepFailed);
  }
  SECTION("an overlay whose header names another base") {
    lab.files.put(disk, test::fake_qcow2(1, "../../../etc/shadow"));
    CHECK(lab.step(short_form).message.find("/etc/shadow") != std::string::npos);
    CHECK(lab.step(short_form).exit_code == kStepFailed);
  }
  SECTION("a base that rests on a file of the host itself") {
    const std::string evil = test::fake_qcow2(1, "/etc/shadow");
    RunLab other;
    other.files.put("images/base", evil);
    plan::CommandPlan image = test::image_node("base", evil);
    REQUIRE(other.apply(test::plan_with({image, test::disk_node("web", 1, &image)})));
    lab.files.put(test::stored_image("base", evil), evil);
    lab.store = std::move(other.store);
    lab.files.put(disk, *other.files.bytes(disk));
    CHECK(lab.step(short_form).message.find("rests on `/etc/shadow`") != std::string::npos);
  }
  SECTION("an overlay that its owner flattened") {
    lab.files.put(disk, test::fake_qcow2(1));
    CHECK(lab.step(short_form).exit_code == 0);
  }
  SECTION("an overlay that keeps its data elsewhere") {
    std::string external = *lab.files.bytes(disk);
    external[79] = 4;
    lab.files.put(disk, external);
    CHECK(lab.step(short_form).exit_code == kStepFailed);
  }
  SECTION("a disk that became raw") {
    lab.files.put(disk, "raw bytes");
    CHECK(lab.step(short_form).exit_code == kStepFailed);
  }
}

TEST_CASE("steps: a workspace is empty, whatever was there, and only workspaces are taken away",
          "[steps]") {
  StepLab lab;
  lab.files.put(".vmplan/work/base/left/over", "");
  lab.files.put(".vmplan/work/other/file", "");
  lab.files.put("disks/precious", "data");
  CHECK(lab.step({"workspace", "make", ".vmplan/work/base"}).exit_code == 0);
  CHECK(lab.files.list(".vmplan/work/base")->empty());
  CHECK(lab.files.stat(".vmplan/work/other/file"));
  CHECK(lab.step({"workspace", "remove", ".vmplan/work/base"}).exit_code == 0);
  CHECK(lab.step({"workspace", "remove", ".vmplan/work/base"}).exit_code == 0);
  CHECK_FALSE(lab.files.stat(".vmplan/work/base"));
  for (std::string_view path : {"disks", ".vmplan", ".vmplan/work", ".vmplan/work/other/..",
                                ".vmplan/work/../../disks", ".vmplan/work/other/file"})
    CHECK(lab.step({"workspace", "remove", std::string(path)}).exit_code == kStepUsage);
  CHECK(lab.files.bytes("disks/precious") == "data");
}

TEST_CASE("steps: import without a digest takes what a recipe made, once", "[steps]") {
  StepLab lab;
  lab.files.put("made", "abc");
  CHECK(lab.step({"import", "made", "store"}).exit_code == 0);
  lab.files.put("made", "other");
  CHECK(lab.step({"import", "made", "store"}).message == "already in the store");
  CHECK(lab.files.bytes("store") == "abc");
  CHECK(lab.step({"import", "made", "store", kAbc}).exit_code == 0);
  CHECK(lab.step({"import", "made", "store", sha256("other").text()}).exit_code == kStepFailed);
}

TEST_CASE("steps: verify-chain of a disk that was applied without a base", "[steps]") {
  StepLab lab;
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  const Words words = {"verify-chain", "disk/web/root"};
  CHECK(lab.step(words).exit_code == 0);
  lab.files.put(test::disk_path("web"), test::fake_qcow2(1, "/etc/hostname"));
  StepReport report = lab.step(words);
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find("rests on `/etc/hostname`") != std::string::npos);
}

TEST_CASE("steps: a raw disk boots whatever its guest wrote at its start, and is adopted only bare",
          "[steps]") {
  StepLab lab;
  plan::CommandPlan disk = test::disk_node("web", 1);
  const std::string path = test::disk_path("web");
  disk.commands = {lower::steps::verify_disk("verify", path, "raw")};
  disk.spec["format"] = "raw";
  test::seal(disk);
  lab.files.put(path, "plain bytes");
  REQUIRE(lab.apply(test::plan_with({disk}))->failures.empty());
  const Words verify_chain = {"verify-chain", "disk/web/root", path, "raw"};
  CHECK(lab.step(verify_chain).exit_code == 0);
  for (const std::string& head : {std::string("LUKS\xba\xbe"), test::fake_qcow2(1, "/etc/shadow"),
                                  std::string("# Disk DescriptorFile\n")}) {
    lab.files.put(path, head);
    CHECK(lab.step(verify_chain).exit_code == 0);
    CHECK(lab.step({"verify-disk", path, "raw"}).exit_code == kStepFailed);
    CHECK(lab.step({"publish", path, "raw", "0", "-"}).exit_code == kStepFailed);
  }
  REQUIRE(lab.files.remove(path));
  lab.files.put_symlink(path, "/dev/sda");
  CHECK(lab.step(verify_chain).exit_code == kStepFailed);
}

TEST_CASE("steps: publish names, adopts what fits, refuses what does not", "[steps]") {
  StepLab lab;
  const std::string size = fmt::format("{}", Gibibytes{2}.bytes().value);
  const Words words = {"publish", "d/x", "qcow2", size, "../base"};
  const std::string fresh = test::fake_qcow2(Gibibytes{2}.bytes().value, "../base");
  lab.files.put("d/x.vmplan-new", fresh);
  SECTION("nothing is there") {
    StepReport report = lab.step(words);
    CHECK(report.exit_code == 0);
    CHECK_FALSE(report.adopted);
    CHECK(lab.files.bytes("d/x") == fresh);
    CHECK_FALSE(lab.files.exists("d/x.vmplan-new"));
  }
  SECTION("a bigger one that fits") {
    const std::string mine = test::fake_qcow2(Gibibytes{3}.bytes().value, "../base");
    lab.files.put("d/x", mine);
    StepReport report = lab.step(words);
    CHECK(report.exit_code == 0);
    CHECK(report.adopted);
    CHECK(lab.files.bytes("d/x") == mine);
    CHECK_FALSE(lab.files.exists("d/x.vmplan-new"));
    CHECK(lab.processes.specs().empty());  // no program opens a file that nobody vouches for
  }
  SECTION("one that does not fit") {
    const std::string mine =
        GENERATE(test::fake_qcow2(Gibibytes{1}.bytes().value, "../base"),
                 test::fake_qcow2(Gibibytes{2}.bytes().value, "../other"),
                 test::fake_qcow2(Gibibytes{2}.bytes().value), std::string("raw bytes"));
    lab.files.put("d/x", mine);
    StepReport report = lab.step(words);
    CHECK(report.exit_code == kStepFailed);
    CHECK(report.message.find("the plan wants qcow2, 2147483648 bytes, based on `../base`") !=
          std::string::npos);
    CHECK(lab.files.bytes("d/x") == mine);
    CHECK_FALSE(lab.files.exists("d/x.vmplan-new"));
  }
  SECTION("no directory, link or socket is ever adopted") {
    const int what = GENERATE(0, 1, 2);
    if (what == 0) lab.files.put_directory("d/x");
    if (what == 1) lab.files.put_symlink("d/x", "../images/base");
    if (what == 2) lab.files.put_socket("d/x");
    CHECK(lab.step(words).exit_code == kStepFailed);
  }
  SECTION("neither of the two is there") {
    REQUIRE(lab.files.remove("d/x.vmplan-new"));
    CHECK(lab.step(words).exit_code == kStepFailed);
  }
  SECTION("one whose header makes no sense") {
    const std::string mine = fresh.substr(0, GENERATE(4U, 20U, 103U));
    lab.files.put("d/x", mine);
    CHECK(lab.step(words).message.find("cut off") != std::string::npos);
    CHECK(lab.files.bytes("d/x") == mine);
  }
}

TEST_CASE("steps: machine asks and stops, and a machine that does not run needs no stopping",
          "[steps]") {
  StepLab lab;
  const std::string dir = "run/web";
  for (const Words& words :
       {Words{"machine", "powerdown", dir}, Words{"machine", "quit", dir},
        Words{"machine", "wait", dir, "0"}, Words{"machine", "signal", dir, "TERM"},
        Words{"machine", "signal", dir, "KILL"}, Words{"machine", "clean", dir}})
    CHECK(lab.step(words).exit_code == 0);
  CHECK(lab.step({"machine", "running", dir}).exit_code == kStepFailed);

  vm::MachineStatus status;
  status.state = vm::MachineState::Running;
  status.pid = 7;
  status.argv_hash = sha256("abc");
  lab.machines.set(dir, status);
  CHECK(lab.step({"machine", "running", dir}).exit_code == 0);
  CHECK(lab.step({"machine", "running", dir, kAbc}).exit_code == 0);
  CHECK(lab.step({"machine", "running", dir, sha256("x").text()}).exit_code == kStepFailed);
  CHECK(lab.step({"machine", "wait", dir, "1"}).exit_code == kStillRunning);
  CHECK(lab.step({"machine", "clean", dir}).exit_code == kStepFailed);

  lab.machines.set_manner(dir, test::FakeMachines::Manner::Hangs);
  CHECK(lab.step({"machine", "powerdown", dir}).exit_code == kMonitorSilent);
  CHECK(lab.step({"machine", "quit", dir}).exit_code == kMonitorSilent);
  CHECK(lab.step({"machine", "signal", dir, "TERM"}).exit_code == 0);
  CHECK(lab.step({"machine", "running", dir}).exit_code == 0);
  CHECK(lab.step({"machine", "signal", dir, "KILL"}).exit_code == 0);
  CHECK(lab.step({"machine", "wait", dir, "1"}).exit_code == 0);
  CHECK(lab.step({"machine", "clean", dir}).exit_code == 0);
  CHECK(lab.machines.observe(dir).state == vm::MachineState::Absent);
}

TEST_CASE("steps: a shared directory must be a directory", "[steps]") {
  StepLab lab;
  lab.files.put("d/x", "abc");
  CHECK(lab.step({"verify-directory", "d"}).exit_code == 0);
  CHECK(lab.step({"verify-directory", "d/x"}).message == "`d/x` is no directory");
  CHECK(lab.step({"verify-directory", "none"}).exit_code == kStepFailed);
}

TEST_CASE("steps: serial waits for what comes after the mark only", "[steps]") {
  StepLab lab;
  const std::string dir = "run/web";
  const Words wait = {"serial", "wait", dir, "log", "5", "login:"};
  lab.files.put("run/web/x", "");
  vm::MachineStatus running;
  running.state = vm::MachineState::Running;
  lab.machines.set(dir, running);

  // Without a mark nobody knows where to begin.
  CHECK(lab.step(wait).exit_code == kStepFailed);
  lab.files.put("log", "an earlier boot: login:");
  REQUIRE(lab.step({"serial", "mark", dir, "log"}).exit_code == 0);
  StepReport late = lab.step(wait);
  CHECK(late.exit_code == kStepFailed);
  CHECK(late.message == "the guest has not written `login:` within 5 s; see `log`");
  lab.files.put("log", "an earlier boot: login: and now log");
  CHECK(lab.step(wait).exit_code == kStepFailed);
  lab.files.put("log", "an earlier boot: login: and now login:");
  CHECK(lab.step(wait).exit_code == 0);
  // Across the border of two pieces, and in a log that was emptied meanwhile.
  lab.files.put("log", "an earlier boot: login:" + std::string((64 << 10) - 3, 'x') + "login:");
  CHECK(lab.step(wait).exit_code == 0);
  lab.files.put("log", "login:");
  CHECK(lab.step(wait).exit_code == 0);

  // A machine that has ended writes nothing more; what it wrote before counts.
  running.state = vm::MachineState::Crashed;
  lab.machines.set(dir, running);
  CHECK(lab.step(wait).exit_code == 0);
  lab.files.put("log", "an earlier boot: login: no");
  CHECK(lab.step(wait).message ==
        "the machine in `run/web` is crashed and has not written `login:`");
}

}  // namespace
}  // namespace vmplan::exec
