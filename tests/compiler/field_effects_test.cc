// SPDX-License-Identifier: Apache-2.0
// What each field of a profile does to the plan. Every built row of the field tables must be named
// here with another value, so that a field which changes nothing, or one that is forgotten, fails.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "compiler/model/profile_fields.h"
#include "compiler/plan/plan_file.h"
#include "tests/support/compile_lab.h"
#include "tests/support/profile_text.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

/// A profile in which every section is in effect.
const char* const kProfile = R"(schema_version = 1

[vm]
name = "web"

[hardware]
arch = "x86_64"
cores = 2
memory_mb = 1024
acceleration = "tcg"

[[hardware.numa]]
cores = 1
memory_mb = 512

[[hardware.numa]]
cores = 1
memory_mb = 512

[[storage.disks]]
name = "root"
path = "disks/root.qcow2"
format = "qcow2"
size_gb = 8

[[storage.disks]]
name = "src"
path = "src"
format = "host-path"

[[network.interfaces]]
name = "lan"
type = "user"

[serial]
enabled = true
mode = "socket"

[console]
auto_attach = false

[qmp]
enabled = true

[kernel]
enabled = true
bzimage = "vmlinuz"

[lifecycle]
force_kill = false

[cloud_init]
runcmd = ["true"]

[[cloud_init.users]]
name = "admin"

[[cloud_init.write_files]]
path = "/etc/motd"
)";

/// All of cloud-init that a file of the user's takes the place of.
const char* const kCloudInit =
    "runcmd = [\"true\"]\n\n[[cloud_init.users]]\nname = \"admin\"\n\n"
    "[[cloud_init.write_files]]\npath = \"/etc/motd\"\n";
const char* const kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBMuXJl6Vn0pWd7z1h5m0u3a1kDQ6sYV3bq2mQm9w0aB me";

const char* const kLab = R"(schema_version = 1

[images.kernel]
path = "images/kernel"
format = "raw"
sha256 = "2222222222222222222222222222222222222222222222222222222222222222"

[images.base]
path = "images/base.qcow2"
format = "qcow2"
sha256 = "1111111111111111111111111111111111111111111111111111111111111111"

[networks.nat]
mode = "user"

[networks.quiet]
mode = "socket"
subnet = "10.20.0.0/16"
)";

std::map<std::string, std::string> lab_with(std::string profile) {
  std::string other = kProfile;
  for (auto [from, to] : {std::pair{"\"web\"", "\"other\""}, {"disks/root", "disks/other"}})
    other.replace(other.find(from), std::string(from).size(), to);
  return {{"vmplan.toml", kLab},
          {"profiles/web.toml", std::move(profile)},
          {"profiles/other.toml", other},
          {"vmlinuz", "one"},
          {"vmlinuz2", "two"},
          {"user-data", "#cloud-config\n{}\n"},
          {"meta-data", "instance-id: one\n"},
          {"network-config", "version: 2\n"},
          {"templates/base.toml", "[hardware]\ncpu = \"qemu64\"\n"}};
}

/// How a field is changed: text that stands in kProfile, and what takes its place.
struct Change {
  std::string from;
  std::string to;
};

// "section.field" -> a change of it that keeps the lab sound.
const std::map<std::string, Change>& changes() {
  static const std::map<std::string, Change> kChanges = {
      {"vm.name", {"\"web\"", "\"front\""}},
      {"vm.description", {"\"web\"", "\"web\"\ndescription = \"for people\""}},
      {"vm.qemu_binary", {"\"web\"", "\"web\"\nqemu_binary = \"/opt/qemu-system-x86_64\""}},
      {"vm.extends", {"\"web\"", "\"web\"\nextends = \"templates/base.toml\""}},
      {"vm.tags", {"\"web\"", "\"web\"\ntags = [\"db\"]"}},
      {"vm.depends_on", {"\"web\"", "\"web\"\ndepends_on = [\"other\"]"}},
      {"hardware.arch", {"\"x86_64\"\ncores", "\"aarch64\"\ncores"}},
      {"hardware.cpu", {"\"tcg\"", "\"tcg\"\ncpu = \"qemu64\""}},
      {"hardware.cores", {"cores = 2", "cores = 1\nthreads = 2"}},
      {"hardware.sockets", {"cores = 2", "cores = 1\nsockets = 2"}},
      {"hardware.threads", {"cores = 2", "cores = 1\nthreads = 2"}},
      {"hardware.memory_mb",
       {"memory_mb = 1024\nacceleration = \"tcg\"\n\n[[hardware.numa]]\ncores = 1\nmemory_mb = 512",
        "memory_mb = 1280\nacceleration = \"tcg\"\n\n[[hardware.numa]]\ncores = 1\nmemory_mb = "
        "768"}},
      {"hardware.acceleration", {"\"tcg\"", "\"kvm\""}},
      {"hardware.machine", {"\"tcg\"", "\"tcg\"\nmachine = \"pc-q35-7.1\""}},
      {"hardware.cpu_flags", {"\"tcg\"", "\"tcg\"\ncpu_flags = [\"-svm\"]"}},
      {"hardware.hugepages", {"\"tcg\"", "\"tcg\"\nhugepages = \"2M\""}},
      {"hardware.balloon", {"\"tcg\"", "\"tcg\"\nballoon = true"}},
      {"hardware.rng", {"\"tcg\"", "\"tcg\"\nrng = true"}},
      {"hardware.numa.cores",
       {"cores = 2\nmemory_mb = 1024\nacceleration = \"tcg\"\n\n[[hardware.numa]]\ncores = 1",
        "cores = 3\nmemory_mb = 1024\nacceleration = \"tcg\"\n\n[[hardware.numa]]\ncores = 2"}},
      {"hardware.numa.memory_mb",
       {"memory_mb = 512\n\n[[hardware.numa]]\ncores = 1\nmemory_mb = 512",
        "memory_mb = 256\n\n[[hardware.numa]]\ncores = 1\nmemory_mb = 768"}},
      {"storage.disks.name", {"\"root\"", "\"system\""}},
      {"storage.disks.path", {"disks/root.qcow2", "disks/system.qcow2"}},
      {"storage.disks.format", {"format = \"qcow2\"", "format = \"raw\""}},
      {"storage.disks.size_gb", {"size_gb = 8", "size_gb = 9"}},
      {"storage.disks.boot", {"size_gb = 8", "size_gb = 8\nboot = true"}},
      {"storage.disks.readonly", {"\"host-path\"", "\"host-path\"\nreadonly = true"}},
      {"storage.disks.image", {"size_gb = 8", "size_gb = 8\nimage = \"base\""}},
      {"network.interfaces.name", {"\"lan\"", "\"wan\""}},
      {"network.interfaces.type", {"\"user\"", "\"none\""}},
      {"network.interfaces.hostfwd", {"\"user\"", "\"user\"\nhostfwd = [\"tcp::2222-:22\"]"}},
      {"network.interfaces.mac", {"\"user\"", "\"user\"\nmac = \"52:54:00:00:00:01\""}},
      {"network.interfaces.network", {"type = \"user\"", "type = \"user\"\nnetwork = \"nat\""}},
      {"network.interfaces.device", {"type = \"user\"", "type = \"tap\"\ndevice = \"tap0\""}},
      {"network.interfaces.address",
       {"type = \"user\"", "network = \"quiet\"\naddress = \"10.20.0.5\""}},
      {"serial.enabled", {"enabled = true\nmode", "enabled = false\nmode"}},
      {"serial.mode", {"\"socket\"", "\"pty\""}},
      {"serial.device", {"\"socket\"", "\"socket\"\ndevice = \"s.sock\""}},
      {"serial.logfile", {"\"socket\"", "\"socket\"\nlogfile = \"out.log\""}},
      {"console.auto_attach", {"auto_attach = false", "auto_attach = true"}},
      {"console.escape_sequence",
       {"auto_attach = false", "auto_attach = false\nescape_sequence = \"ctrl+a\""}},
      {"qmp.enabled", {"[qmp]\nenabled = true", "[qmp]\nenabled = false"}},
      {"qmp.socket", {"[qmp]\nenabled = true", "[qmp]\nenabled = true\nsocket = \"q.sock\""}},
      {"kernel.enabled",
       {"size_gb = 8\n", "size_gb = 8\nboot = true\n#"}},  // together with the line below
      {"kernel.bzimage", {"\"vmlinuz\"", "\"vmlinuz2\""}},
      {"kernel.initrd", {"\"vmlinuz\"", "\"vmlinuz\"\ninitrd = \"vmlinuz2\""}},
      {"kernel.image", {"bzimage = \"vmlinuz\"", "image = \"kernel\""}},
      {"kernel.initrd_image", {"\"vmlinuz\"", "\"vmlinuz\"\ninitrd_image = \"kernel\""}},
      {"kernel.append", {"\"vmlinuz\"", "\"vmlinuz\"\nappend = \"quiet\""}},
      {"lifecycle.boot_timeout_seconds", {"[lifecycle]", "[lifecycle]\nboot_timeout_seconds = 7"}},
      {"lifecycle.stop_timeout_seconds", {"[lifecycle]", "[lifecycle]\nstop_timeout_seconds = 7"}},
      {"lifecycle.quit_timeout_seconds", {"[lifecycle]", "[lifecycle]\nquit_timeout_seconds = 7"}},
      {"lifecycle.term_timeout_seconds", {"[lifecycle]", "[lifecycle]\nterm_timeout_seconds = 7"}},
      {"lifecycle.force_kill", {"force_kill = false", "force_kill = true"}},
      {"lifecycle.prevent_destroy", {"[lifecycle]", "[lifecycle]\nprevent_destroy = true"}},
      {"lifecycle.on_change", {"[lifecycle]", "[lifecycle]\non_change = \"never\""}},
      {"lifecycle.wait", {"[lifecycle]", "[lifecycle]\nwait = \"serial:login\""}},
      {"cloud_init.hostname", {"[cloud_init]", "[cloud_init]\nhostname = \"front\""}},
      {"cloud_init.timezone", {"[cloud_init]", "[cloud_init]\ntimezone = \"Europe/Berlin\""}},
      {"cloud_init.locale", {"[cloud_init]", "[cloud_init]\nlocale = \"C.UTF-8\""}},
      {"cloud_init.packages", {"[cloud_init]", "[cloud_init]\npackages = [\"nginx\"]"}},
      {"cloud_init.runcmd", {"[\"true\"]", "[\"false\"]"}},
      {"cloud_init.network_config", {"[cloud_init]", "[cloud_init]\nnetwork_config = \"none\""}},
      {"cloud_init.user_data", {kCloudInit, "user_data = \"user-data\"\n"}},
      {"cloud_init.meta_data", {"[cloud_init]", "[cloud_init]\nmeta_data = \"meta-data\""}},
      {"cloud_init.network_config_file",
       {"[cloud_init]", "[cloud_init]\nnetwork_config_file = \"network-config\""}},
      {"cloud_init.users.name", {"\"admin\"", "\"deploy\""}},
      {"cloud_init.users.ssh_authorized_keys",
       {"\"admin\"", fmt::format("\"admin\"\nssh_authorized_keys = [\"{}\"]", kKey)}},
      {"cloud_init.users.password",
       {"\"admin\"", "\"admin\"\npassword = { secret = \"env:PW\", version = \"2\" }"}},
      {"cloud_init.users.sudo", {"\"admin\"", "\"admin\"\nsudo = \"ALL=(ALL) ALL\""}},
      {"cloud_init.users.shell", {"\"admin\"", "\"admin\"\nshell = \"/bin/sh\""}},
      {"cloud_init.users.groups", {"\"admin\"", "\"admin\"\ngroups = [\"adm\"]"}},
      {"cloud_init.write_files.path", {"/etc/motd", "/etc/issue"}},
      {"cloud_init.write_files.content", {"/etc/motd\"", "/etc/motd\"\ncontent = \"hello\""}},
      {"cloud_init.write_files.permissions",
       {"/etc/motd\"", "/etc/motd\"\npermissions = \"0600\""}},
      {"cloud_init.write_files.owner", {"/etc/motd\"", "/etc/motd\"\nowner = \"admin\""}},
  };
  return kChanges;
}

// Fields of one word only, which therefore cannot be changed.
const std::set<std::string> kFixed = {".schema_version", "vm.backend", "vm.target"};
// Fields for people: the only ones that change no digest.
const std::set<std::string> kDisplay = {"vm.description"};

std::string changed(const std::string& field) {
  const Change& change = changes().at(field);
  std::string profile = kProfile;
  std::size_t at = profile.find(change.from);
  if (at == std::string::npos) throw std::runtime_error("not in the profile: " + change.from);
  profile.replace(at, change.from.size(), change.to);
  if (field == "kernel.enabled")
    profile.replace(profile.find("[kernel]\nenabled = true"), 23, "[kernel]\nenabled = false");
  return profile;
}

/// `own` of every node, by id.
std::map<std::string, Digest> own_of(const plan::Plan& plan) {
  std::map<std::string, Digest> out;
  for (const plan::CommandPlan& node : plan.nodes) out.emplace(node.id, node.own);
  return out;
}

/// The nodes of the machine that is not edited.
std::map<std::string, Digest> others(const plan::Plan& plan) {
  std::map<std::string, Digest> out;
  for (const plan::CommandPlan& node : plan.nodes)
    if (node.id.find("/other") != std::string::npos) out.emplace(node.id, node.key);
  return out;
}

}  // namespace

TEST_CASE("every field of a profile is changed by this test") {
  std::set<std::string> built;
  model::Profile profile;
  model::visit_sections(profile, [&](const auto& table, const auto&) {
    // What says how many machines there are changes none of them; instances_test.cc has it.
    if (table.is_consumed()) return;
    for (const auto& field : table.fields)
      if (field.is_built())
        built.insert(std::string(table.info.path) + "." + std::string(field.info.name));
  });
  std::set<std::string> named = kFixed;
  for (const auto& [field, change] : changes()) named.insert(field);
  CHECK(named == built);
}

TEST_CASE("every semantic field changes `own` of its machine, and nothing of another") {
  model::LabRequest request;
  request.platform_override = *model::find_platform("linux-x86_64-kvm");
  plan::Plan before = compile_lab(lab_with(kProfile), request).plan;
  for (const auto& [field, change] : changes()) {
    INFO(field);
    plan::Plan after = compile_lab(lab_with(changed(field)), request).plan;
    CHECK((own_of(after) == own_of(before)) == kDisplay.contains(field));
    CHECK((plan::plan_hash(after) == plan::plan_hash(before)) == kDisplay.contains(field));
    CHECK(others(after) == others(before));
  }
}

TEST_CASE("a field for people shows in the plan, and in the profile's own hash") {
  plan::Plan before = compile_lab(lab_with(kProfile)).plan;
  plan::Plan after = compile_lab(lab_with(changed("vm.description"))).plan;
  CHECK(plan::write_plan(after).find("for people") != std::string::npos);
  CHECK(after.profiles.at("web").profile_hash != before.profiles.at("web").profile_hash);
}

TEST_CASE("property: shuffling, comments and unknown keys change no byte of the plan") {
  const std::string lab = "schema_version = 1\n[lab]\nplatform = \"linux-x86_64-kvm\"\n";
  auto plan_of = [&](const std::string& profile) {
    return plan::write_plan(
        compile_lab({{"vmplan.toml", lab}, {"profiles/web.toml", profile}}).plan);
  };
  std::string expected = plan_of(scrambled(rich_profile(), 0, false, false));
  CHECK(rc::check([&](std::uint64_t seed, bool defaults, bool unknown) {
    RC_ASSERT(plan_of(scrambled(rich_profile(), seed, defaults, unknown)) == expected);
  }));
}

TEST_CASE("property: a plan holds the warnings of a profile, without places and unknown keys") {
  const std::vector<SectionText> profile = {
      {"", {{"schema_version", "1"}}},
      {"[vm]", {{"name", "\"web\""}, {"description", "\"password=hunter2\""}}},
      {"[hardware]",
       {{"arch", "\"x86_64\""},
        {"cores", "1"},
        {"threads", "2"},
        {"memory_mb", "513"},
        {"acceleration", "\"auto\""}}},
      {"[[storage.disks]]",
       {{"name", "\"root\""},
        {"path", "\"disks/root.raw\""},
        {"format", "\"raw\""},
        {"boot", "true"}}},
      {"[[network.interfaces]]",
       {{"type", "\"user\""},
        {"name", "\"lan\""},
        {"hostfwd", R"(["tcp:0.0.0.0:8080-:80", "tcp:0.0.0.0:2222-:22"])"}}},
  };
  const std::string lab = "schema_version = 1\n[lab]\nplatform = \"linux-x86_64-tcg\"\n";
  auto plan_of = [&](std::uint64_t seed, bool defaults, bool unknown) {
    return compile_lab({{"vmplan.toml", lab},
                        {"profiles/web.toml", scrambled(profile, seed, defaults, unknown)}})
        .plan;
  };
  const plan::Plan plan = plan_of(0, false, false);
  const Json* warnings = plan.nodes[*plan.find("vm/web")].metadata.find("validation_warnings");
  REQUIRE(warnings != nullptr);
  std::vector<std::string> codes;
  for (const Json& warning : *warnings->if_array()) {
    codes.emplace_back(warning.string_or("code", ""));
    CHECK(warning.string_or("message", "").find("hunter2") == std::string::npos);
    CHECK_FALSE(warning.string_or("suggestion", "").empty());
  }
  CHECK(codes ==
        std::vector<std::string>{"VP0309", "VP0607", "VP0613", "VP0619", "VP0619", "VP0629"});
  // Two of a kind are sorted by what they say, not by their places.
  CHECK(warnings->if_array()->at(3).string_or("message", "").starts_with("port 2222 "));
  CHECK(plan.nodes[*plan.find("disk/web/root")].metadata == Json());
  const std::string expected = plan::write_plan(plan);
  CHECK(rc::check([&](std::uint64_t seed, bool defaults, bool unknown) {
    RC_ASSERT(plan::write_plan(plan_of(seed, defaults, unknown)) == expected);
  }));
}

TEST_CASE("property: an unknown key in any section changes no byte of the plan") {
  std::string expected = plan::write_plan(compile_lab(lab_with(kProfile)).plan);
  std::string text = kProfile;
  // The second is called like a secret, which is a finding of its own.
  for (const char* unknown :
       {"zz_unknown = { a = [1, \"x\"], b = 2.5 }\n", "zz_password = \"x\"\n"}) {
    for (std::size_t at = text.find('['); at != std::string::npos; at = text.find('[', at + 2)) {
      if (at > 0 && text[at - 1] != '\n') continue;
      std::string profile = text;
      profile.insert(profile.find('\n', at) + 1, unknown);
      INFO(profile.substr(at, 20));
      CHECK(plan::write_plan(compile_lab(lab_with(profile)).plan) == expected);
    }
  }
  for (const char* top : {"zz_top = 1\n", "zz_token = 1\n", "\n[zz.section]\na = 1\n",
                          "\n[zz_secret]\na = 1\n", "\n[[zz]]\nb = 2\n"}) {
    bool first = top[0] == 'z';
    std::string profile = first ? top + text : text + top;
    CHECK(plan::write_plan(compile_lab(lab_with(profile)).plan) == expected);
  }
}

TEST_CASE("a profile is the same whether its fields come from a template or stand in it") {
  std::map<std::string, std::string> whole = lab_with(kProfile);
  std::map<std::string, std::string> split = whole;
  std::string rest = kProfile;
  std::string vm = "schema_version = 1\n\n[vm]\nname = \"web\"\n";
  rest.replace(0, vm.size(), "");
  split["templates/all.toml"] = rest;
  split["profiles/web.toml"] = vm + "extends = \"templates/all.toml\"\n";
  Compiled a = compile_lab(whole);
  Compiled b = compile_lab(split);
  CHECK(plan::write_plan(a.plan) == plan::write_plan(b.plan));
  split["profiles/web.toml"] +=
      "\n[hardware]\nmemory_mb = 1280\n\n[[storage.disks]]\nname = "
      "\"root\"\nsize_gb = 9\n\n[[hardware.numa]]\ncores = 2\nmemory_mb = "
      "1280\n";
  Compiled c = compile_lab(split);
  const model::Vm& web = c.lab.vms[model::VmId{1}];
  CHECK(web.name == "web");
  CHECK(web.memory.value == 1280);
  CHECK(web.numa.size() == 1);  // items without names are replaced as a whole
  REQUIRE(web.disks.size() == 1);
  CHECK(web.disks[0].path == "disks/root.qcow2");
  CHECK(web.disks[0].size->value == 9);
}

TEST_CASE("a profile is the same whether its fields are the lab's defaults or stand in it") {
  std::map<std::string, std::string> whole = lab_with(kProfile);
  std::map<std::string, std::string> split = whole;
  // Other machines of the lab would get these defaults too.
  for (auto* files : {&whole, &split})
    std::erase_if(*files, [](const auto& file) {
      return file.first.starts_with("profiles/") && file.first != "profiles/web.toml";
    });
  const std::string vm = "schema_version = 1\n\n[vm]\nname = \"web\"\n";
  std::string rest = kProfile;
  rest.erase(0, vm.size());
  for (std::size_t at = rest.find("\n["); at != std::string::npos; at = rest.find("\n[", at + 2))
    rest.insert(at + (rest[at + 2] == '[' ? 3 : 2), "defaults.");
  split["vmplan.toml"] += rest;
  split["profiles/web.toml"] = vm;
  Compiled a = compile_lab(whole);
  Compiled b = compile_lab(split);
  CHECK(plan::write_plan(a.plan) == plan::write_plan(b.plan));
  // Nor does it matter that both say it, or what else the defaults hold.
  split["profiles/web.toml"] += "\n[hardware]\ncores = 2\n";
  split["vmplan.toml"] += "zz_unknown = 1\n\n[defaults.zz]\na = 1\n";
  CHECK(plan::write_plan(compile_lab(split).plan) == plan::write_plan(a.plan));
}
