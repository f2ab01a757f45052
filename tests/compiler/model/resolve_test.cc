// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "compiler/compile.h"
#include "tests/support/model_lab.h"
#include "tests/support/serial.h"

using namespace vmplan;
using namespace vmplan::test;

TEST_CASE("a minimal lab resolves to complete values") {
  ModelRun run = run_model({{"profiles/web.toml", sample_profile("web")}});
  INFO(run.rendered());
  CHECK(run.diagnostics.empty());
  REQUIRE(run.lab);
  const model::Lab& lab = *run.lab;
  CHECK(lab.name == "lab");
  CHECK(lab.state_dir == ".vmplan");
  CHECK(lab.lock_path == "vmplan.lock");
  CHECK(lab.platform.name == "linux-x86_64-tcg/1");
  REQUIRE(lab.vms.size() == 1);
  const model::Vm& vm = lab.vms[lab.vms.id_at(0)];
  CHECK(vm.name == "web");
  CHECK(vm.source == "profiles/web.toml");
  CHECK(vm.qemu_binary == "qemu-system-x86_64");
  CHECK(vm.machine == "pc-q35-7.2");
  CHECK(vm.cpu == "max");
  CHECK(vm.topology.processors() == 2);
  CHECK(vm.memory == Mebibytes{512});
  CHECK(vm.acceleration == model::Acceleration::Tcg);
  CHECK(vm.run_dir == ".vmplan/run/web");
  CHECK(vm.qmp.socket == ".vmplan/run/web/qmp.sock");
  CHECK(vm.serial.mode == model::SerialMode::Off);
  REQUIRE(vm.disks.size() == 1);
  CHECK(vm.disks[0].boot);
  CHECK(vm.disks[0].size == Gibibytes{1});
}

namespace {

const std::string kZeroes(64, '0');

const model::Vm& only_vm(const ModelRun& run) {
  INFO(run.rendered());
  REQUIRE(run.lab);
  REQUIRE(run.lab->vms.size() == 1);
  return *run.lab->vms.begin();
}

model::LabRequest single(const std::string& path) {
  model::LabRequest request;
  request.single_file = true;
  request.path = path;
  return request;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("a lab of one file is named by the file, and keeps apart from others in its directory") {
  ModelRun run = run_model({{"web.toml", sample_profile("db")}}, single("web.toml"));
  const model::Vm& vm = only_vm(run);
  CHECK(run.lab->name == "web");
  CHECK(run.lab->state_dir == ".vmplan/web");
  CHECK(run.lab->lock_path == "web.vmplan.lock");
  CHECK(vm.run_dir == ".vmplan/web/run/db");
  CHECK(vm.log_dir == "logs/web/db");
  CHECK(only_vm(run_model({{"db.toml", sample_profile("db")}}, single("db.toml"))).log_dir ==
        "logs/db");
}

TEST_CASE("a lab of one file may not be called like a place below .vmplan") {
  for (const char* name :
       {"run.toml", "cache.toml", "firmware.toml", "home.toml", "store.toml", "state.db.toml"}) {
    ModelRun run = run_model({{name, sample_profile("a")}}, single(name));
    CHECK(run.has(Code::BadName));
    CHECK_FALSE(run.lab);
  }
}

TEST_CASE(
    "the platform follows the request, then vmplan.toml, then what the profiles ask for, never the "
    "host") {
  std::string tcg = sample_profile("a");
  std::string any = replaced(sample_profile("b"), "acceleration = \"tcg\"\n", "");
  CHECK(run_model({{"profiles/a.toml", tcg}}).lab->platform.name == "linux-x86_64-tcg/1");
  CHECK(run_model({{"profiles/a.toml", tcg}, {"profiles/b.toml", any}}).lab->platform.name ==
        "linux-x86_64-kvm/1");
  std::string lab = "schema_version = 1\n[lab]\nplatform = \"linux-x86_64-tcg\"\n";
  CHECK(run_model({{"vmplan.toml", lab}, {"profiles/b.toml", any}}).lab->platform.name ==
        "linux-x86_64-tcg/1");
  model::LabRequest request;
  request.platform_override = *model::find_platform("linux-x86_64-kvm/1");
  CHECK(run_model({{"vmplan.toml", lab}, {"profiles/b.toml", any}}, request).lab->platform.name ==
        "linux-x86_64-kvm/1");
}

TEST_CASE(
    "trap: -cpu host under TCG: the default follows the accelerator, and a written host is an "
    "error") {
  std::string any = replaced(sample_profile("a"), "acceleration = \"tcg\"\n", "");
  ModelRun kvm = run_model({{"profiles/a.toml", any}});
  CHECK(only_vm(kvm).cpu == "host");
  CHECK(only_vm(kvm).acceleration == model::Acceleration::Kvm);
  CHECK(only_vm(kvm).acceleration_requested == model::AccelerationRequest::Auto);
  model::LabRequest request;
  request.platform_override = *model::find_platform("linux-x86_64-tcg");
  ModelRun fell_back = run_model({{"profiles/a.toml", any}}, request);
  CHECK(only_vm(fell_back).cpu == "max");
  CHECK(fell_back.has(Code::FellBackToTcg));
  std::string host = replaced(any, "cores", "cpu = \"host\"\ncores");
  CHECK(run_model({{"profiles/a.toml", host}}).lab);
  CHECK(run_model({{"profiles/a.toml", host}}, request).has(Code::CpuHostUnderTcg));
}

TEST_CASE("serial modes resolve to a socket, a log, or nothing") {
  auto serial = [](const std::string& text) {
    ModelRun run = run_model({{"profiles/web.toml", sample_profile("web", "[serial]\n" + text)}});
    return only_vm(run).serial;
  };
  CHECK(serial("mode = \"socket\"\n").mode == model::SerialMode::Off);
  CHECK(serial("enabled = true\nmode = \"none\"\n").mode == model::SerialMode::Off);
  model::Serial socket = serial("enabled = true\nmode = \"socket\"\n");
  CHECK(socket.mode == model::SerialMode::Socket);
  CHECK(socket.socket == ".vmplan/run/web/serial.sock");
  CHECK(socket.log == "logs/web/serial.log");
  model::Serial given =
      serial("enabled = true\nmode = \"socket\"\ndevice = \"./run//s\"\nlogfile = \"out/s.log\"\n");
  CHECK(given.socket == "run/s");
  CHECK(given.log == "out/s.log");
  model::Serial file = serial("enabled = true\nmode = \"file\"\n");
  CHECK(file.mode == model::SerialMode::File);
  CHECK(file.log == "logs/web/serial.log");
  CHECK(serial("enabled = true\nmode = \"file\"\ndevice = \"out/tty\"\n").log == "out/tty");
  CHECK(
      serial("enabled = true\nmode = \"file\"\ndevice = \"out/t\"\nlogfile = \"./out/t\"\n").log ==
      "out/t");
}

TEST_CASE("a serial port without a mode means pty, which keeps a log") {
  ModelRun run =
      run_model({{"profiles/web.toml", sample_profile("web", "[serial]\nenabled = true\n")}});
  const model::Serial& serial = only_vm(run).serial;
  CHECK(serial.mode == model::SerialMode::Pty);
  CHECK(serial.log == "logs/web/serial.log");
  CHECK(serial.socket.empty());
}

TEST_CASE("pinned images are never read, but others, kernel and initrd are hashed once each") {
  MemoryFileReader files;
  files.add("vmplan.toml",
            "schema_version = 1\n"
            "[images.pinned]\npath = \"images/pinned.qcow2\"\nformat = \"qcow2\"\nsha256 = \"" +
                kZeroes +
                "\"\n"
                "[images.loose]\npath = \"images/loose.raw\"\nformat = \"raw\"\n");
  std::string kernel =
      "[serial]\nenabled = true\nmode = \"file\"\n[kernel]\nenabled = true\nbzimage = "
      "\"boot/vmlinuz\"\n"
      "initrd = \"./boot/initrd\"\nappend = \"console=ttyS0 memmap=4G$12G\"\n";
  files.add("profiles/a.toml", sample_profile("a", kernel));
  files.add("profiles/b.toml", sample_profile("b", kernel));
  files.add("images/loose.raw", "image");
  files.add("boot/vmlinuz", "kernel");
  files.add("boot/initrd", "initrd");
  ModelRun run = run_model(files);
  INFO(run.rendered());
  REQUIRE(run.lab);
  CHECK(files.diary() == std::vector<std::string>{"read vmplan.toml", "list profiles",
                                                  "read profiles/a.toml", "read profiles/b.toml",
                                                  "digest images/loose.raw", "digest boot/vmlinuz",
                                                  "digest boot/initrd"});
  const model::Lab& lab = *run.lab;
  CHECK(lab.images[lab.images.id_at(0)].name == "loose");
  CHECK(lab.images[lab.images.id_at(0)].sha256 == sha256("image"));
  CHECK_FALSE(lab.images[lab.images.id_at(0)].pinned);
  CHECK(lab.images[lab.images.id_at(1)].pinned);
  CHECK(lab.images[lab.images.id_at(1)].sha256->hex() == kZeroes);
  std::vector<std::string> hashed;
  for (const model::InputFile& input : lab.hashed_inputs) hashed.push_back(input.path);
  CHECK(hashed == std::vector<std::string>{"boot/initrd", "boot/vmlinuz", "images/loose.raw"});
  const model::Vm& vm = *lab.vms.begin();
  REQUIRE(vm.kernel);
  CHECK(vm.kernel->bzimage.sha256 == sha256("kernel"));
  CHECK(vm.kernel->initrd->path == "boot/initrd");
  CHECK(vm.kernel->append == "console=ttyS0 memmap=4G$12G");
}

TEST_CASE("machines are sorted by name, whatever their files are called") {
  ModelRun run = run_model(
      {{"profiles/1.toml", sample_profile("zoo")}, {"profiles/2.toml", sample_profile("ape")}});
  REQUIRE(run.lab);
  CHECK(run.lab->vms[run.lab->vms.id_at(0)].name == "ape");
  CHECK(run.lab->vms[run.lab->vms.id_at(1)].source == "profiles/1.toml");
}

TEST_CASE("two labs with one VM name, or one lab twice, differ in addresses and identifiers") {
  std::string profile =
      sample_profile("web", "[[network.interfaces]]\nname = \"lan\"\ntype = \"user\"\n");
  auto machine = [&](const std::string& lab) {
    return only_vm(run_model(
        {{"vmplan.toml", "schema_version = 1\n[lab]\n" + lab}, {"profiles/web.toml", profile}}));
  };
  model::Vm shop = machine("name = \"shop\"\n");
  model::Vm again = machine("name = \"shop\"\ninstance = \"2\"\n");
  model::Vm other = machine("name = \"other\"\n");
  CHECK(shop.uuid != again.uuid);
  CHECK(shop.uuid != other.uuid);
  CHECK(shop.nics[0].mac != again.nics[0].mac);
  CHECK(shop.nics[0].mac != other.nics[0].mac);
  CHECK(shop.profile_hash == other.profile_hash);
}

TEST_CASE("a card of type none keeps its position and moves no other card") {
  std::string cards =
      "[[network.interfaces]]\nname = \"a\"\ntype = \"none\"\n"
      "[[network.interfaces]]\nname = \"b\"\ntype = \"user\"\nhostfwd = [\"tcp::80-:80\"]\n";
  ModelRun run = run_model({{"profiles/web.toml", sample_profile("web", cards)}});
  const model::Vm& vm = only_vm(run);
  REQUIRE(vm.nics.size() == 2);
  CHECK(vm.nics[0].kind == model::NicKind::None);
  CHECK(vm.nics[1].forwards[0].host_address == "127.0.0.1");
}

TEST_CASE("a derived address that meets a given one is found") {
  std::string card = "[[network.interfaces]]\nname = \"lan\"\ntype = \"user\"\n";
  ModelRun alone = run_model({{"profiles/a.toml", sample_profile("a", card)}});
  std::string mac = model::to_text(only_vm(alone).nics[0].mac);
  ModelRun both =
      run_model({{"profiles/a.toml", sample_profile("a", card)},
                 {"profiles/b.toml", sample_profile("b", card + "mac = \"" + mac + "\"\n")}});
  CHECK(both.has(Code::DuplicateMac));
  CHECK_FALSE(both.lab);
}

TEST_CASE("paths in the lab are in normal form, and may lie where vmplan.toml allows it") {
  std::string profile = replaced(sample_profile("web"), "size_gb = 1\n", "");
  profile = replaced(profile, "disks/web/root.qcow2", "../store/./x//root,1:2.qcow2");
  ModelRun run =
      run_model({{"vmplan.toml", "schema_version = 1\n[paths]\nallow = [\"../store/\"]\n"},
                 {"profiles/web.toml", profile}});
  CHECK(only_vm(run).disks[0].path == "../store/x/root,1:2.qcow2");
  CHECK(run.lab->paths_allow == std::vector<std::string>{"../store"});
}

TEST_CASE("only paths are judged as paths: free text may hold what no path may") {
  const std::string text = "~/x $HOME `id` ../../etc/shadow /proc/1/mem nbd:x -x a,b=c /";
  std::string profile = sample_profile(
      "web",
      "[serial]\nenabled = true\nmode = \"file\"\n[kernel]\nenabled = true\nbzimage = "
      "\"boot/vmlinuz\"\nappend = \"" +
          text + "\"\n");
  profile = replaced(profile, "name = \"web\"", "name = \"web\"\ndescription = \"" + text + "\"");
  ModelRun run = run_model({{"profiles/web.toml", profile}, {"boot/vmlinuz", "kernel"}});
  INFO(run.rendered());
  CHECK(run.diagnostics.empty());
  CHECK(only_vm(run).description == text);
  CHECK(only_vm(run).kernel->append == text);
}

TEST_CASE("logs lie in the lab, below logs/ or where the profile says, and nowhere else") {
  auto log = [](const std::string& words) {
    return run_model(
        {{"profiles/web.toml",
          sample_profile("web", "[serial]\nenabled = true\nmode = \"file\"\n" + words)}});
  };
  CHECK(only_vm(log("")).serial.log == "logs/web/serial.log");
  CHECK(only_vm(log("logfile = \"logs/other/console.txt\"\n")).serial.log ==
        "logs/other/console.txt");
  CHECK(log("logfile = \"/tmp/web.log\"\n").has(Code::PathLeavesLab));
  CHECK(log("logfile = \"../web.log\"\n").has(Code::PathLeavesLab));
  CHECK(log("logfile = \".vmplan/web.log\"\n").has(Code::PathReserved));
  CHECK(log("logfile = \".vmplan/run/web/web.log\"\n").has(Code::PathReserved));
  CHECK(log("logfile = \"$HOME/web.log\"\n").has(Code::PathShellSyntax));
}

TEST_CASE("an unreadable file hides no finding in another") {
  ModelRun run = run_model(
      {{"profiles/a.toml", "[vm\n"},
       {"profiles/b.toml", replaced(sample_profile("b"), "cores = 2", "cores = 0")},
       {"profiles/c.toml", replaced(sample_profile("c"), "boot = true", "boot = false")}});
  CHECK_FALSE(run.lab);
  CHECK(run.has(Code::TomlSyntax));
  CHECK(run.has(Code::OutOfRange));
  CHECK(run.has(Code::NothingToBoot));
  CHECK(run.diagnostics.all().size() == 3);
}

TEST_CASE("one wrong value hides no other and causes no further finding") {
  std::string profile =
      sample_profile("web",
                     "[[network.interfaces]]\nname = 3\ntype = \"usr\"\nhostfwd = \"x\"\nmac = 4\n"
                     "[qmp]\nenabled = 1\nsocket = 2\n[kernel]\nenabled = 1\n");
  ModelRun run = run_model({{"profiles/web.toml", profile}});
  INFO(run.rendered());
  CHECK(run.diagnostics.error_count() == 7);
  CHECK(run.diagnostics.all().size() == 7);
}

TEST_CASE(
    "a profile that is broken, and a lab without profiles, give no lab even with fresh "
    "diagnostics") {
  MemoryFileReader files;
  files.add("profiles/a.toml", "[vm\n");
  SourceMap sources;
  Diagnostics first;
  model::LabSources read = read_lab({}, files, test::for_each_serial, sources, first);
  Diagnostics fresh;
  CHECK_FALSE(model::resolve({}, read, files, fresh));
  CHECK_FALSE(model::resolve({}, model::LabSources(), files, fresh));
}

TEST_CASE("errors of the file system are findings, not surprises") {
  MemoryFileReader files;
  files.add("profiles/a.toml", sample_profile("a"));
  files.add("profiles/b.toml", sample_profile("b"));
  files.break_path("profiles/a.toml", {ErrorKind::Denied, "profiles/a.toml: Permission denied"});
  ModelRun run = run_model(files);
  CHECK(run.has(Code::FileNotReadable));
  CHECK(run.diagnostics.all().size() == 1);
  files.break_path("profiles", {ErrorKind::Io, "profiles: Input/output error"});
  run = run_model(files);
  CHECK(run.has(Code::FileNotReadable));
  files.break_path("vmplan.toml", {ErrorKind::Refused, "vmplan.toml: is a FIFO"});
  run = run_model(files);
  CHECK(run.diagnostics.error_count() == 2);
}

TEST_CASE("a profile whose name is no text is refused, and its bytes reach no message") {
  for (const std::string name : {"w\xff.toml", "w\nx.toml", "w\x7f.toml"}) {
    ModelRun run = run_model(
        {{"profiles/web.toml", sample_profile("web")}, {"profiles/" + name, sample_profile("b")}});
    CHECK_FALSE(run.lab);
    REQUIRE(run.has(Code::FileNotReadable));
    CHECK(run.diagnostics.all()[0].suggestion == "rename the file");
    CHECK(run.diagnostics.all()[0].summary.find(name) == std::string::npos);
  }
}

TEST_CASE("warnings of a shared template are those of each machine, however many there are") {
  const std::size_t count = Diagnostics::kMostOfOneFile + 1;
  MemoryFileReader files;
  files.add("templates/odd.toml",
            "[hardware]\narch = \"x86_64\"\ncores = 1\nmemory_mb = 513\nacceleration = \"tcg\"\n");
  for (std::size_t i = 0; i < count; ++i)
    files.add(
        fmt::format("profiles/m{}.toml", i),
        fmt::format(
            "schema_version = 1\n[vm]\nname = \"m{0}\"\nextends = \"templates/odd.toml\"\n"
            "[[storage.disks]]\nname = \"root\"\npath = \"disks/m{0}.raw\"\nformat = \"raw\"\n"
            "boot = true\n",
            i));
  const ModelRun run = run_model(files);
  REQUIRE(run.lab);
  CHECK(run.lab->vms.size() == count);
  for (const model::Vm& vm : run.lab->vms)
    CHECK(vm.warnings ==
          std::vector<model::Warning>{
              {Code::MemoryGranularity, "513 MiB is no multiple of 256", "write 512 or 768"}});
}
