// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "compiler/base/json_read.h"
#include "compiler/lower/qemu/address.h"
#include "compiler/lower/qemu/argv.h"
#include "compiler/lower/qemu/option_list.h"
#include "compiler/model/limits.h"
#include "compiler/plan/judge.h"
#include "tests/support/sample_lab.h"

using namespace vmplan;
using lower::qemu::machine_argv;

namespace {

std::size_t position(const std::vector<std::string>& argv, std::string_view word) {
  return static_cast<std::size_t>(std::find(argv.begin(), argv.end(), word) - argv.begin());
}

/// All values of one option that are JSON documents.
std::vector<Json> documents(const std::vector<std::string>& argv, std::string_view option) {
  std::vector<Json> out;
  for (std::size_t i = 0; i + 1 < argv.size(); ++i)
    if (argv[i] == option && argv[i + 1].starts_with('{'))
      out.push_back(*read_canonical_json(argv[i + 1]));
  return out;
}

}  // namespace

TEST_CASE("argv order: binary first, QMP before serial before kernel, name last") {
  model::Vm vm = test::sample_vm("web");
  vm.serial = {model::SerialMode::Socket, vm.run_dir + "/serial.sock", "logs/web/serial.log"};
  vm.kernel = model::Kernel{{"images/vmlinuz", sha256("k"), {}},
                            model::BootFile{"images/initrd", sha256("i"), {}},
                            "console=ttyS0"};
  std::vector<std::string> argv = machine_argv(vm);
  CHECK(argv.front() == "qemu-system-x86_64");
  CHECK(argv[argv.size() - 2] == "-name");
  CHECK(argv.back() == "web");
  std::vector<std::size_t> places = {position(argv, "-nodefaults"), position(argv, "-machine"),
                                     position(argv, "-cpu"),        position(argv, "-smp"),
                                     position(argv, "-m"),          position(argv, "-blockdev"),
                                     position(argv, "-netdev"),     position(argv, "-mon"),
                                     position(argv, "-kernel"),     position(argv, "-name")};
  CHECK(std::is_sorted(places.begin(), places.end()));
  CHECK(places.back() < argv.size());
}

TEST_CASE("every device has an explicit id and address") {
  model::Vm vm = test::sample_vm("web");
  std::set<std::string> ids;
  for (const Json& device : documents(machine_argv(vm), "-device")) {
    CHECK(!device.string_or("id", "").empty());
    CHECK(ids.insert(std::string(device.string_or("id", ""))).second);
    if (device.string_or("driver", "") != "isa-serial") CHECK(device.find("addr") != nullptr);
  }
}

TEST_CASE("read-only, boot and MAC reach the command line") {
  model::Vm vm = test::sample_vm("web");
  vm.disks[0].readonly = true;
  std::vector<std::string> argv = machine_argv(vm);
  for (const Json& node : documents(argv, "-blockdev")) CHECK(node.bool_or("read-only", false));
  bool boots = false;
  bool has_mac = false;
  for (const Json& device : documents(argv, "-device")) {
    boots |= device.int_or("bootindex", 0) == 1;
    has_mac |= device.string_or("mac", "") == "52:54:00:12:34:56";
  }
  CHECK(boots);
  CHECK(has_mac);
}

TEST_CASE("trap: comma and colon in every path-like field stay one value") {
  model::Vm vm = test::sample_vm("web");
  vm.disks[0].path = "di,sks/a:b,file=x.qcow2";
  vm.qmp.socket = "run/q,path=evil:1.sock";
  vm.serial = {model::SerialMode::Socket, "run/s,server=off.sock", "logs/l,og:1"};
  vm.kernel = model::Kernel{{"images/vm,linuz:1", sha256("k"), {}},
                            model::BootFile{"images/in,itrd", sha256("i"), {}},
                            "a=b,c=d"};
  std::vector<std::string> argv = machine_argv(vm);
  CHECK(documents(argv, "-blockdev")[0].string_or("filename", "") == vm.disks[0].path);
  vm.disks[0].path = "d:x/a,b.qcow2";  // a protocol, were it not for `./`
  CHECK(documents(machine_argv(vm), "-blockdev")[0].string_or("filename", "") == "./d:x/a,b.qcow2");
  CHECK(position(argv, "images/vm,linuz:1") < argv.size());
  CHECK(position(argv, "images/in,itrd") < argv.size());
  CHECK(position(argv, "a=b,c=d") < argv.size());
  CHECK(position(argv, "socket,id=qmp0,path=run/q,,path=evil:1.sock,server=on,wait=off") <
        argv.size());
  CHECK(position(argv,
                 "socket,id=serial0,path=run/s,,server=off.sock,server=on,wait=off,logfile=logs/"
                 "l,,og:1,logappend=on") < argv.size());
  vm.serial = {model::SerialMode::File, "", "logs/l,append=off"};
  argv = machine_argv(vm);
  CHECK(position(argv, "file,id=serial0,path=logs/l,,append=off,append=on") < argv.size());
}

TEST_CASE(
    "trap: option injection through hostfwd is impossible, its parts are typed and re-emitted") {
  model::Vm vm = test::sample_vm("web");
  vm.nics[0].forwards = {{model::IpProtocol::Tcp, "127.0.0.1", 2222, "", 22},
                         {model::IpProtocol::Udp, "0.0.0.0", 53, "10.0.2.15", 53}};
  std::vector<Json> netdevs = documents(machine_argv(vm), "-netdev");
  REQUIRE(netdevs.size() == 1);
  const JsonArray& forwards = *netdevs[0].find("hostfwd")->if_array();
  CHECK(forwards[0].string_or("str", "") == "tcp:127.0.0.1:2222-:22");
  CHECK(forwards[1].string_or("str", "") == "udp:0.0.0.0:53-10.0.2.15:53");
}

TEST_CASE("property: an option list reads back through QEMU's grammar") {
  CHECK(rc::check([](const std::string& value) {
    RC_PRE(value.find('\0') == std::string::npos);
    std::string text =
        lower::qemu::OptionList("socket").add("path", value).add("server", "on").text();
    // The grammar: a doubled comma is one comma of the value, a single one ends it.
    std::string_view rest = std::string_view(text).substr(std::string_view("socket,path=").size());
    std::string read;
    while (!rest.empty() && !(rest.starts_with(',') && !rest.starts_with(",,"))) {
      read += rest.front();
      rest.remove_prefix(rest.starts_with(",,") ? 2 : 1);
    }
    RC_ASSERT(read == value);
    RC_ASSERT(rest == ",server=on");
  }));
}

TEST_CASE("addresses are a function of architecture, class and index, and unique") {
  using lower::qemu::DeviceClass;
  for (std::string_view arch : model::architectures()) {
    model::DeviceLimits limits = model::limits_of(arch);
    std::set<std::pair<int, int>> places;
    std::set<std::int64_t> chassis;
    for (auto [device_class, count] : {std::pair{DeviceClass::Nic, limits.interfaces},
                                       {DeviceClass::Disk, limits.disks},
                                       {DeviceClass::Share, limits.shares},
                                       {DeviceClass::Balloon, std::size_t{1}},
                                       {DeviceClass::Rng, std::size_t{1}}}) {
      for (std::size_t i = 0; i < count; ++i) {
        lower::qemu::Address address = lower::qemu::address_of(arch, device_class, i);
        INFO(arch << " slot " << address.slot << " function " << address.function);
        CHECK(places.insert({address.slot, address.function}).second);
        CHECK(address.slot >= 1);
        CHECK(address.slot < 32);
        CHECK(address.has_port == (arch != "ppc64le"));
        if (!address.has_port) continue;
        Json port = address.root_port();
        CHECK(chassis.insert(port.int_or("chassis", 0)).second);
        CHECK(port.bool_or("multifunction", false) == (address.function == 0));
      }
    }
  }
}

TEST_CASE("property: adding a disk, a NIC or a VM at the end changes no word of anything else") {
  CHECK(rc::check([] {
    auto disks = *rc::gen::inRange<std::size_t>(1, 15).as("disks");
    auto nics = *rc::gen::inRange<std::size_t>(0, 15).as("nics");
    model::Vm vm = test::sample_vm("web");
    auto add_disk = [&] {
      model::Disk disk = test::sample_vm("web").disks[0];
      disk.name = "d" + std::to_string(vm.disks.size());
      disk.path = "disks/" + disk.name;
      disk.boot = false;
      vm.disks.push_back(disk);
    };
    auto add_nic = [&] {
      model::Nic nic = test::sample_vm("web").nics[0];
      nic.name = "n" + std::to_string(vm.nics.size());
      nic.kind = *rc::gen::element(model::NicKind::User, model::NicKind::None);
      vm.nics.push_back(nic);
    };
    while (vm.disks.size() < disks) add_disk();
    vm.nics.clear();
    while (vm.nics.size() < nics) add_nic();
    model::Lab lab = test::sample_lab();
    lab.vms.push(test::sample_vm("other"));
    lab.vms.push(vm);
    plan::Plan before = test::plan_of(lab);
    std::vector<std::string> old_argv = machine_argv(vm);

    add_disk();
    add_nic();
    // Every old word is still there, in order.
    std::vector<std::string> new_argv = machine_argv(vm);
    std::size_t at = 0;
    for (const std::string& word : new_argv)
      if (at < old_argv.size() && word == old_argv[at]) ++at;
    RC_ASSERT(at == old_argv.size());

    model::Lab larger = test::sample_lab();
    larger.vms.push(test::sample_vm("another"));
    larger.vms.push(test::sample_vm("other"));
    larger.vms.push(vm);
    plan::Plan after = test::plan_of(larger);
    RC_ASSERT(test::node_of(before, "vm/other") == test::node_of(after, "vm/other"));
    RC_ASSERT(test::node_of(before, "disk/web/root") == test::node_of(after, "disk/web/root"));
  }));
}

TEST_CASE("the stop ladder climbs from powerdown to SIGTERM, and to SIGKILL only where allowed") {
  model::Lab lab = test::sample_lab();
  model::Vm vm = test::sample_vm("web");
  lab.vms.push(vm);
  auto ids = [](const plan::CommandPlan& node) {
    std::vector<std::string> out;
    for (const plan::Step& step : node.rollback) out.push_back(step.step_id);
    return out;
  };
  CHECK(ids(test::node_of(test::plan_of(lab), "vm/web")) ==
        std::vector<std::string>{"powerdown", "wait-powerdown", "quit", "wait-quit", "terminate",
                                 "wait-terminate", "clean"});
  vm.lifecycle.force_kill = true;
  model::Lab forced = test::sample_lab();
  forced.vms.push(vm);
  const plan::Plan plan = test::plan_of(forced);
  const plan::CommandPlan& node = test::node_of(plan, "vm/web");
  CHECK(ids(node)[6] == "kill");
  CHECK(node.risk == plan::Risk::High);
}

TEST_CASE(
    "a disk with a base image names it relative to its own directory and rests on the image") {
  model::Lab lab = test::sample_lab();
  model::Image image;
  image.name = "debian12";
  image.path = "images/debian.qcow2";
  image.sha256 = sha256("debian");
  image.stored = ".vmplan/store/" + image.sha256->hex() + "/debian12";
  model::ImageId id = lab.images.push(image);
  model::Vm vm = test::sample_vm("web");
  vm.disks[0].image = id;
  lab.vms.push(vm);
  plan::Plan plan = test::plan_of(lab);
  const plan::CommandPlan& disk = test::node_of(plan, "disk/web/root");
  CHECK(disk.deps == std::vector<std::string>{"image/debian12"});
  CHECK(disk.commands[1].argv ==
        std::vector<std::string>{"qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b",
                                 "../../.vmplan/store/" + sha256("debian").hex() + "/debian12",
                                 "./disks/web/root.qcow2.vmplan-new", "1G"});
  CHECK(identity(test::node_of(plan, "image/debian12")) == image.sha256);
}
