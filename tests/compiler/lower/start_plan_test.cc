// SPDX-License-Identifier: Apache-2.0
// What a plan says about the start of a machine, beside its argv, and what it may start at all.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "compiler/lower/qemu/argv.h"
#include "tests/support/sample_lab.h"
#include "tests/support/schema_file.h"
#include "tests/support/tree_labs.h"

using namespace vmplan;

TEST_CASE("the metadata of a machine names profile, hashes, accelerators, sockets and logs") {
  model::Lab lab = test::sample_lab();
  model::Vm vm = test::sample_vm("web");
  vm.acceleration_requested = model::AccelerationRequest::Auto;
  vm.serial = {model::SerialMode::Socket, vm.run_dir + "/serial.sock", "logs/web/serial.log"};
  lab.vms.push(vm);
  const plan::Plan plan = test::plan_of(lab);
  const plan::CommandPlan& node = test::node_of(plan, "vm/web");
  CHECK(node.status == "validated");
  CHECK(node.metadata.string_or("profile_name", "") == "web");
  CHECK(node.metadata.string_or("profile_hash", "") == vm.profile_hash.text());
  CHECK(node.metadata.string_or("acceleration_requested", "") == "auto");
  CHECK(node.metadata.string_or("acceleration_resolved", "") == "tcg");
  CHECK(node.metadata.string_or("qmp_socket_path", "") == vm.qmp.socket);
  CHECK(node.metadata.string_or("serial_config_summary", "") == "socket + log");
  CHECK(node.metadata.string_or("development_log_root", "") == "logs");
  auto start = std::find_if(node.commands.begin(), node.commands.end(), [](const plan::Step& step) {
    return step.mode == plan::StepMode::Daemon;
  });
  REQUIRE(start != node.commands.end());
  CHECK(node.metadata.string_or("argv_hash", "") == argv_hash(start->argv).text());
}

TEST_CASE("the metadata of a machine holds schema version, a preview of its argv, and warnings") {
  model::Lab lab = test::sample_lab();
  model::Vm vm = test::sample_vm("web");
  vm.memory = {513};
  vm.kernel = model::Kernel{{"images/vmlinuz", sha256("k"), {}}, std::nullopt, "quiet a='b c'\x1b"};
  vm.warnings = {{Code::MemoryGranularity, "513 MiB is odd", "write 512"}};
  lab.vms.push(vm);
  const plan::Plan plan = test::plan_of(lab);
  const Json& metadata = test::node_of(plan, "vm/web").metadata;
  CHECK(metadata.int_or("schema_version", 0) == 1);
  const std::string preview(metadata.string_or("generated_argv_preview", ""));
  CHECK(preview.starts_with("qemu-system-x86_64 -nodefaults -no-user-config -display none "));
  CHECK(preview.find(R"(-append 'quiet a='\''b c'\''\x1b')") != std::string::npos);
  CHECK(*metadata.find("validation_warnings") ==
        Json(JsonArray{json_object(
            {{"code", "VP0613"}, {"message", "513 MiB is odd"}, {"suggestion", "write 512"}})}));
  const Json schema = test::schema_file("plan");
  const Json& described = test::at(schema, "$defs/node/properties/metadata/properties");
  CHECK(test::keys(described) == test::keys(metadata));
  CHECK(test::keys(test::at(described, "validation_warnings/items/properties")) ==
        test::keys(metadata.find("validation_warnings")->if_array()->front()));
}

TEST_CASE("QEMU is confined, takes no defaults, and makes nothing that the profile does not name") {
  model::Vm vm = test::sample_vm("web");
  vm.nics.clear();
  const std::vector<std::string> argv = lower::qemu::machine_argv(vm);
  auto has = [&](std::vector<std::string> words) {
    return std::search(argv.begin(), argv.end(), words.begin(), words.end()) != argv.end();
  };
  CHECK(has({"-nodefaults", "-no-user-config", "-display", "none"}));
  CHECK(
      has({"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"}));
  for (const char* option : {"-netdev", "-nic", "-net", "-vnc", "-usb", "-monitor", "-serial",
                             "-drive", "-hda", "-cdrom", "-daemonize", "-runas", "-enable-kvm"})
    CHECK_FALSE(has({option}));
}

TEST_CASE("plans start vmplan, qemu-img, QEMU and ip, and never a shell or what raises rights") {
  std::set<std::string> started;
  for (const test::LabText& lab : test::tree_labs()) {
    std::optional<Compiled> compiled = test::compile_tree_lab(lab).compiled;
    if (!compiled) continue;
    INFO(lab.name);
    for (const plan::CommandPlan& node : compiled->plan.nodes) {
      // Devices of the host are all that needs a right.
      const bool is_link = plan::kind_class(node.kind) == plan::KindClass::Link;
      CHECK(node.requires_privilege == is_link);
      for (const auto* steps : {&node.commands, &node.rollback, &node.probe})
        for (const plan::Step& step : *steps) started.insert(step.argv[0]);
    }
  }
  for (const std::string& program : started) {
    INFO(program);
    const std::string name = program.substr(program.rfind('/') + 1);
    CHECK((name == "vmplan" || name == "qemu-img" || name == "ip" ||
           name.starts_with("qemu-system-")));
  }
  CHECK(started.contains("vmplan"));
  CHECK(started.contains("qemu-img"));
  CHECK(started.contains("ip"));
  CHECK(started.contains("qemu-system-x86_64"));
}
