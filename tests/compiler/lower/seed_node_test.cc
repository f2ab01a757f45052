// SPDX-License-Identifier: Apache-2.0
// The seed of a machine: its documents, its node, and what other nodes see of it.
#include "compiler/lower/seed_node.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"
#include "compiler/change/diff.h"
#include "compiler/change/json.h"
#include "compiler/change/render_text.h"
#include "compiler/lower/cloud_config.h"
#include "compiler/lower/qemu/argv.h"
#include "compiler/plan/verify.h"
#include "tests/support/applied.h"
#include "tests/support/sample_lab.h"

using namespace vmplan;
using Catch::Contains;
using test::applied;

namespace {

model::Vm seeded(const std::string& name = "web") {
  model::Vm vm = test::sample_vm(name);
  model::CloudInit cloud_init;
  cloud_init.seed_path = ".vmplan/seed/" + name + ".iso";
  cloud_init.hostname = name;
  vm.cloud_init = cloud_init;
  return vm;
}

Json document(std::string_view text) {
  constexpr std::string_view kHeader = "#cloud-config\n";
  if (text.starts_with(kHeader)) text.remove_prefix(kHeader.size());
  return *read_foreign_json(text);
}

std::string instance_id(const model::Vm& vm) {
  const std::string text =
      lower::meta_data_text(vm, lower::user_data_text(vm), lower::network_config_text(vm));
  return std::string(document(text).string_or("instance-id", ""));
}

plan::Plan plan_of(const std::vector<model::Vm>& vms) {
  model::Lab lab = test::sample_lab();
  for (const model::Vm& vm : vms) lab.vms.push(vm);
  return test::plan_of(lab);
}

/// "id: action" of every row that does something.
std::vector<std::string> actions(const change::ChangeSet& set) {
  std::vector<std::string> out;
  for (const change::Row& row : set.rows)
    if (row.action != change::Action::None)
      out.push_back(row.id + ": " + std::string(change::to_text(row.action)));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("seed: user data is a cloud-config that holds what the profile says") {
  model::Vm vm = seeded();
  model::CloudInit& cloud_init = *vm.cloud_init;
  cloud_init.packages = {"nginx"};
  cloud_init.runcmd = {"echo \"a b\" > /x"};
  cloud_init.timezone = "UTC";
  cloud_init.users = {
      {"admin", {"ssh-ed25519 AAAA me"}, std::nullopt, "ALL=(ALL) ALL", "/bin/sh", {"adm"}}};
  cloud_init.files = {{"/etc/motd", "a\nb: {c}\n", "0600", "root:root"}};
  const std::string text = lower::user_data_text(vm);
  CHECK(
      text ==
      "#cloud-config\n{\"packages\":[\"nginx\"],\"runcmd\":[\"echo \\\"a b\\\" > "
      "/x\"],\"timezone\":"
      "\"UTC\",\"users\":[{\"groups\":[\"adm\"],\"lock_passwd\":true,\"name\":\"admin\",\"shell\":"
      "\"/bin/sh\",\"ssh_authorized_keys\":[\"ssh-ed25519 AAAA me\"],\"sudo\":\"ALL=(ALL) ALL\"}],"
      "\"write_files\":[{\"content\":\"a\\nb: "
      "{c}\\n\",\"owner\":\"root:root\",\"path\":\"/etc/motd\","
      "\"permissions\":\"0600\"}]}\n");
}

TEST_CASE("seed: the network configuration names cards by their address, and leaves out none") {
  model::Vm vm = seeded();
  model::Nic none = vm.nics.front();
  none.name = "off";
  none.kind = model::NicKind::None;
  vm.nics.push_back(none);
  CHECK(
      lower::network_config_text(vm) ==
      "{\"ethernets\":{\"lan\":{\"dhcp4\":true,\"match\":{\"macaddress\":\"52:54:00:12:34:56\"}}},"
      "\"version\":2}\n");
}

TEST_CASE("a card with an address of the plan is told it, and one that gets none waits for none") {
  model::Nic nic;
  nic.name = "lan";
  nic.kind = model::NicKind::Socket;
  nic.mac = {0x52, 0x54, 0, 0, 0, 1};
  auto entry = [&] { return canonical(lower::network_entry(nic).value()); };
  CHECK(entry() == R"({"match":{"macaddress":"52:54:00:00:00:01"},"optional":true})");
  nic.address = model::NicAddress{"10.20.0.5", 16};
  CHECK(entry() == R"({"addresses":["10.20.0.5/16"],"match":{"macaddress":"52:54:00:00:00:01"}})");
  nic.address.reset();
  nic.kind = model::NicKind::Tap;
  CHECK(entry() == R"({"dhcp4":true,"match":{"macaddress":"52:54:00:00:00:01"}})");
}

TEST_CASE("seed: the instance id follows from what the guest is told, and from the machine") {
  model::Vm vm = seeded();
  const std::string id = instance_id(vm);
  CHECK(id.size() == 36);
  CHECK(instance_id(vm) == id);
  CHECK(instance_id(seeded("db")) != id);
  model::Vm other = vm;
  other.cloud_init->runcmd = {"true"};
  CHECK(instance_id(other) != id);
  other = vm;
  other.nics.front().mac[5] = 1;
  CHECK(instance_id(other) != id);
}

TEST_CASE("property: any text of a profile comes back, and becomes no structure") {
  CHECK(rc::check([&](const std::string& bytes) {
    std::string text = "\"]}\n#: - {";
    for (char c : bytes)
      text += is_ascii_control(c) || (static_cast<unsigned char>(c) >= 0x80) ? std::string("\u2028")
                                                                             : std::string(1, c);
    model::Vm vm = seeded();
    vm.cloud_init->runcmd = {text};
    vm.cloud_init->users = {{"admin", {text}, std::nullopt, text, text, {text}}};
    vm.cloud_init->files = {{text, text, "0644", "root"}};
    const Json read = document(lower::user_data_text(vm));
    RC_ASSERT(*read.find("runcmd") == Json::strings({text}));
    const Json& user = read.find("users")->if_array()->front();
    RC_ASSERT(user.string_or("sudo", "") == text);
    RC_ASSERT(*user.find("ssh_authorized_keys") == Json::strings({text}));
    const Json& file = read.find("write_files")->if_array()->front();
    RC_ASSERT(file.string_or("content", "") == text);
    RC_ASSERT(read.if_object()->size() == 3U);
  }));
}

TEST_CASE("seed: a plan with one verifies, and the machine rests on it") {
  plan::Plan plan = plan_of({seeded()});
  const plan::CommandPlan& seed = plan.nodes[*plan.find("seed/web")];
  CHECK(seed.kind == "seed");
  CHECK(seed.risk == plan::Risk::Low);
  CHECK_FALSE(seed.destructive);
  CHECK_FALSE(seed.confirmation_required);
  const plan::CommandPlan& vm = plan.nodes[*plan.find("vm/web")];
  CHECK(vm.deps == std::vector<std::string>{"disk/web/root", "seed/web"});
}

TEST_CASE("seed: giving a machine one changes no other word of its command line") {
  for (const char* arch : {"x86_64", "ppc64le"}) {
    model::Vm without = test::sample_vm("web");
    model::Vm with = seeded();
    for (model::Vm* vm : {&without, &with}) {
      vm->arch = arch;
      vm->balloon = vm->rng = true;
      vm->shares = {{"src", "src", true}};
    }
    const std::vector<std::string> before = lower::qemu::machine_argv(without);
    std::vector<std::string> after = lower::qemu::machine_argv(with);
    std::vector<std::string> added;
    auto old = before.begin();
    for (const std::string& word : after) {
      if (old != before.end() && *old == word) {
        ++old;
      } else {
        added.push_back(word);
      }
    }
    CHECK(old == before.end());
    CHECK(added.size() == (arch == std::string("x86_64") ? 8U : 6U));
    CHECK(std::any_of(added.begin(), added.end(), [](const std::string& word) {
      return word.find(".vmplan/seed/web.iso") != std::string::npos &&
             word.find("\"read-only\":true") != std::string::npos;
    }));
  }
}

TEST_CASE("seed: another text replaces the seed and restarts its machine, and no other") {
  const plan::Plan before = plan_of({seeded("db"), seeded("web")});
  model::Vm edited = seeded("web");
  edited.cloud_init->runcmd = {"true"};
  const plan::Plan after = plan_of({seeded("db"), edited});
  const change::Difference found = change::diff(applied(before), after, {});
  CHECK(actions(found.set) == std::vector<std::string>{"seed/web: replace", "vm/web: restart"});
  CHECK(found.refusals.empty());
  CHECK(found.set.risk == plan::Risk::Medium);
  CHECK(actions(change::diff(applied(before), before, {}).set).empty());
}

TEST_CASE("seed: a machine that nobody may restart keeps its seed until it is named") {
  auto with = [](const std::string& command) {
    model::Vm vm = seeded();
    vm.lifecycle.on_change = model::OnChange::Never;
    vm.cloud_init->runcmd = {command};
    return vm;
  };
  const change::Applied before = applied(plan_of({with("true")}));
  const plan::Plan after = plan_of({with("false")});
  CHECK(actions(change::diff(before, after, {}).set) ==
        std::vector<std::string>{"seed/web: hold", "vm/web: hold"});
  CHECK(actions(change::diff(before, after, {}, {{"vm/web"}}).set) ==
        std::vector<std::string>{"seed/web: replace", "vm/web: restart"});
}

TEST_CASE("seed: it goes with its machine, and comes back when its file is gone") {
  const plan::Plan before = plan_of({seeded("web")});
  CHECK(actions(change::diff(applied(before), plan_of({test::sample_vm("web")}), {}).set) ==
        std::vector<std::string>{"seed/web: destroy", "vm/web: restart"});
  CHECK(actions(
            change::diff(applied(before), before, {{"seed/web", {change::Presence::Gone, "gone"}}})
                .set) == std::vector<std::string>{"seed/web: rerun"});
}

TEST_CASE("seed: a password is a reference, and another version shows as changed and no more") {
  auto with = [](const std::string& version) {
    model::Vm vm = seeded();
    vm.cloud_init->users = {
        {"admin", {}, model::SecretSource{"env:ADMIN_PASSWORD", version}, "", "", {}}};
    return vm;
  };
  const plan::Plan before = plan_of({with("1")});
  const plan::Plan after = plan_of({with("2")});
  const plan::CommandPlan& seed = before.nodes[*before.find("seed/web")];
  const std::vector<plan::SecretUse> expected = {{"password/admin", "env:ADMIN_PASSWORD", "1"}};
  CHECK(seed.commands.back().secrets == expected);
  CHECK(lower::password_salt(with("1"), with("1").cloud_init->users.front()) !=
        lower::password_salt(with("2"), with("2").cloud_init->users.front()));
  const change::Difference found = change::diff(applied(before), after, {});
  CHECK_THAT(change::render_text(found.set, {}),
             Contains("users.admin.password: (sensitive, changed)"));
  const Json shown = change::to_json(found);
  const Json& row = shown.find("rows")->if_array()->front();
  CHECK(*row.find("attributes") ==
        Json(JsonArray{json_object({{"path", "users.admin.password"}, {"sensitive", true}})}));
}
