// SPDX-License-Identifier: Apache-2.0
// Names, paths, forwards, addresses and platforms, each on its own.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/lexical_path.h"
#include "compiler/model/hostfwd.h"
#include "compiler/model/identity.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/path_rules.h"
#include "compiler/model/profile_patterns.h"
#include "tests/support/memory_file_reader.h"

using namespace vmplan;
using namespace vmplan::model;

TEST_CASE("names are letters, digits, dash and underscore, a letter or digit first") {
  for (const char* good : {"a", "0", "web-1", "Web_2", "9lives"}) CHECK_FALSE(name_fault(good));
  for (const char* bad : {"", "-a", "_a", "a.b", "a/b", "a b", "\u00e9", "a\n", "a,b", "a:b"})
    CHECK(name_fault(bad));
  CHECK_FALSE(name_fault(std::string(63, 'a')));
  CHECK(name_fault(std::string(64, 'a')));
}

TEST_CASE("property: a suggested name is a name, or empty") {
  CHECK(rc::check([](const std::string& text) {
    std::string better = legal_name(text);
    RC_ASSERT(better.empty() || !name_fault(better));
  }));
}

TEST_CASE("processor models hold no options") {
  for (const char* good :
       {"host", "max", "Skylake-Client-v1", "qemu64", "486", "n270", "EPYC-Rome.1"})
    CHECK_FALSE(cpu_model_fault(good));
  for (const char* bad : {"", "help", "host,+vmx", "?", "-x", "a b"}) CHECK(cpu_model_fault(bad));
}

namespace {

std::optional<Code> judged(std::string_view path, PathRole role = PathRole::DiskFile,
                           std::vector<std::string> allow = {}) {
  std::vector<std::string> reserved = {"profiles/web.toml", "vmplan.lock", "vmplan.toml"};
  auto fault = path_fault(path, role, {allow, reserved, ".vmplan/run/web"});
  if (!fault) return std::nullopt;
  return fault->code;
}

}  // namespace

TEST_CASE("ordinary paths, also with colons, commas and spaces, are accepted") {
  for (const char* good :
       {"a", "disks/web/root.qcow2", "./a", "a/../b", "x:y.raw", "a,b=c.qcow2", "a b", "\u00e9",
        "disks/nbd:x", "jsonx:y", "...", "..a", ".hidden", "a~b", ".vmplanx/a"})
    CHECK(judged(good) == std::nullopt);
}

TEST_CASE("shell syntax, protocols and odd characters are refused in paths") {
  for (const char* bad : {"~", "~/x", "~root/x", "$HOME/x", "a/${X}", "a`b`", "$(id)"})
    CHECK(judged(bad) == Code::PathShellSyntax);
  for (const char* bad :
       {"json:{}", "nbd:x", "NBD:x", "fat:rw:dir", "file:x", "nbd+unix:x", "host_device:x", "fd:3"})
    CHECK(judged(bad) == Code::PathProtocol);
  for (const char* bad : {"", "a\nb", "a\\b", "-x", "a/", "a\x7f"})
    CHECK(judged(bad) == Code::PathCharacter);
  CHECK(judged(std::string_view("a\0b", 3)) == Code::PathCharacter);
}

TEST_CASE("paths stay in the lab or in what it allows, by whole segments") {
  for (const char* bad : {"../x", "a/../../x", "/x", "..", "../linux2/x"})
    CHECK(judged(bad, PathRole::KernelFile, {"../linux"}) == Code::PathLeavesLab);
  CHECK(judged("../linux/bzImage", PathRole::KernelFile, {"../linux"}) == std::nullopt);
  CHECK(judged("/srv/images/x", PathRole::ImageFile, {"/srv/images"}) == std::nullopt);
  CHECK(judged("../linux/../x", PathRole::KernelFile, {"../linux"}) == Code::PathLeavesLab);
}

TEST_CASE("system places and credentials are refused, allowed or not") {
  for (const char* bad : {"/proc/1/mem", "/sys", "/dev/sda", "/x/../dev/sda", "/etc/shadow",
                          ".ssh/id", "a/.aws/x", "../.gnupg/x", "a/.config/gcloud/x"})
    CHECK(judged(bad, PathRole::DiskFile, {"/", "..", "/dev"}) == Code::PathForbidden);
  CHECK(judged("/device/x", PathRole::DiskFile, {"/device"}) == std::nullopt);
  CHECK(allow_fault("/"));
  CHECK(allow_fault("/a/.."));
  CHECK(allow_fault("$HOME"));
  CHECK_FALSE(allow_fault("../linux/"));
}

TEST_CASE("vmplan's own files are reserved, and a machine's sockets may lie in its run directory") {
  for (const char* bad : {".", "a/..", ".vmplan", ".vmplan/store/x", "x/../.vmplan/y",
                          "vmplan.lock", "./vmplan.toml", "profiles//web.toml", "disk.vmplan-new"})
    CHECK(judged(bad) == Code::PathReserved);
  CHECK(judged(".vmplan/run/web/x.sock", PathRole::Socket) == std::nullopt);
  CHECK(judged(".vmplan/run/web/x.raw", PathRole::DiskFile) == Code::PathReserved);
  CHECK(judged(".vmplan/run/web", PathRole::Socket) == Code::PathReserved);
  CHECK(judged(".vmplan/run/web2/x.sock", PathRole::Socket) == Code::PathReserved);
}

TEST_CASE("a socket path has at most 107 bytes, counted in normal form") {
  CHECK(judged(std::string(107, 's'), PathRole::Socket) == std::nullopt);
  CHECK(judged(std::string(108, 's'), PathRole::Socket) == Code::SocketTooLong);
  CHECK(judged("././" + std::string(107, 's'), PathRole::Socket) == std::nullopt);
  CHECK(judged(std::string(108, 's'), PathRole::LogFile) == std::nullopt);
}

TEST_CASE("option injection through hostfwd: nothing but the grammar is accepted") {
  for (const char* bad : {"tcp:127.0.0.1:2222-:22,guestfwd=tcp:10.0.2.100:1-cmd:id",
                          "tcp::2222-:22,",
                          ",",
                          "",
                          "tcp",
                          "tcp:",
                          "tcp::",
                          "tcp::1",
                          "tcp::1-",
                          "tcp::1-2",
                          "tcp:1-:2",
                          "::1-:2",
                          "sctp::1-:2",
                          "TCP::1-:2",
                          "tcp::0-:2",
                          "tcp::1-:0",
                          "tcp::65536-:1",
                          "tcp::01-:1",
                          "tcp::+1-:1",
                          "tcp:: 1-:1",
                          "tcp:1.2.3:1-:1",
                          "tcp:1.2.3.256:1-:1",
                          "tcp:01.2.3.4:1-:1",
                          "tcp:[::1]:1-:1",
                          "tcp:host:1-:1",
                          "tcp::1-:1-:1",
                          "tcp::1-host:1",
                          "tcp::1-:1\n"})
    CHECK_FALSE(read_host_forward(bad).forward);
}

TEST_CASE("hostfwd without a host address is bound to 127.0.0.1") {
  auto forward = read_host_forward("udp::53-10.0.2.15:5353").forward;
  REQUIRE(forward);
  CHECK(*forward == HostForward{IpProtocol::Udp, "127.0.0.1", 53, "10.0.2.15", 5353});
  CHECK(to_text(*forward) == "udp:127.0.0.1:53-10.0.2.15:5353");
}

TEST_CASE("property: what a forward is written as reads back as the same forward") {
  CHECK(rc::check([](bool tcp, std::uint8_t a, std::uint8_t b, std::uint16_t host,
                     std::uint16_t guest, bool guest_ip) {
    RC_PRE(host > 0 && guest > 0);
    HostForward forward{tcp ? IpProtocol::Tcp : IpProtocol::Udp,
                        "10.0." + std::to_string(a) + "." + std::to_string(b), host,
                        guest_ip ? "10.0.2.15" : "", guest};
    auto read = read_host_forward(to_text(forward)).forward;
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == forward);
  }));
}

TEST_CASE("property: random text is a forward only if it holds no byte outside the grammar") {
  CHECK(rc::check([](const std::string& text) {
    std::string whole = "tcp:" + text;
    if (read_host_forward(whole).forward)
      RC_ASSERT(whole.find_first_not_of("tcpud:.-0123456789") == std::string::npos);
  }));
}

TEST_CASE("host ports collide by protocol, port and address, and 0.0.0.0 is every address") {
  auto forward = [](const char* text) { return *read_host_forward(text).forward; };
  CHECK(overlaps(forward("tcp::80-:1"), forward("tcp:127.0.0.1:80-:2")));
  CHECK(overlaps(forward("tcp:0.0.0.0:80-:1"), forward("tcp:10.0.0.1:80-:2")));
  CHECK_FALSE(overlaps(forward("tcp::80-:1"), forward("udp::80-:1")));
  CHECK_FALSE(overlaps(forward("tcp::80-:1"), forward("tcp:127.0.0.2:80-:1")));
  CHECK_FALSE(overlaps(forward("tcp::80-:1"), forward("tcp::81-:1")));
}

TEST_CASE("addresses and identifiers are derived from every name, and stay as they are") {
  LabIdentity lab{"shop", ""};
  // Vectors: printf '%s' DOCUMENT | sha256sum, documents as in identity.h.
  CHECK(to_text(derive_mac(lab, "web", "lan")) == "52:7d:fe:7c:5c:4f");
  CHECK(derive_uuid(lab, "web") == "80371694-1724-84e4-bd63-3a0735676041");
  CHECK(derive_mac(lab, "web", "lan") != derive_mac(lab, "web", "wan"));
  CHECK(derive_mac(lab, "web", "lan") != derive_mac(lab, "db", "lan"));
  CHECK(derive_mac(lab, "web", "lan") != derive_mac({"shop", "2"}, "web", "lan"));
  CHECK(derive_mac(lab, "web", "lan") != derive_mac({"shop2", ""}, "web", "lan"));
  CHECK(derive_uuid(lab, "web") != derive_uuid({"shop", "2"}, "web"));
}

TEST_CASE(
    "property: derived addresses are unicast and locally administered, identifiers are of version "
    "8") {
  CHECK(rc::check([](std::uint32_t n) {
    std::string name = "vm" + std::to_string(n);
    MacAddress mac = derive_mac({"lab", ""}, name, "lan");
    RC_ASSERT((mac[0] & 0x03U) == 0x02U);
    std::string uuid = derive_uuid({"lab", ""}, name);
    RC_ASSERT(uuid.size() == 36U);
    RC_ASSERT(uuid[14] == '8');
    RC_ASSERT(std::string_view("89ab").find(uuid[19]) != std::string_view::npos);
  }));
}

TEST_CASE("MAC addresses are read in either case, and nothing else is") {
  CHECK(read_mac("52:54:00:aB:Cd:eF") == MacAddress{0x52, 0x54, 0x00, 0xAB, 0xCD, 0xEF});
  for (const char* bad :
       {"", "52:54:00:12:34", "52:54:00:12:34:56:78", "52-54-00-12-34-56", "525400123456",
        "52:54:00:12:34:5g", "52:54:00:12:34:5", " 52:54:00:12:34:56"})
    CHECK_FALSE(read_mac(bad));
  CHECK(is_multicast(*read_mac("01:00:5e:00:00:01")));
  CHECK_FALSE(is_multicast(*read_mac("52:54:00:00:00:01")));
}

TEST_CASE("named platforms are sorted, numbered, and survive their document") {
  REQUIRE(named_platforms().size() == 8);
  std::string last;
  for (const Platform& platform : named_platforms()) {
    CHECK(platform.name > last);
    last = platform.name;
    auto read = platform_from_json(to_json(platform));
    REQUIRE(read);
    CHECK(to_json(*read) == to_json(platform));
    CHECK(find_platform(platform.name) == &platform);
    CHECK(find_platform(platform.name.substr(0, platform.name.find('/'))) == &platform);
  }
  CHECK(find_platform("linux-x86_64-kvm/2") == nullptr);
  CHECK(find_platform("linux-x86_64-kvm/") == nullptr);
  CHECK(find_platform("") == nullptr);
}

TEST_CASE("the contents of named platforms never change") {
  CHECK(platform_digest(*find_platform("linux-x86_64-kvm/1")).text() ==
        "sha256:3400178f2d8986b640d725a06ad4fcce3cd539d31028956221545dd59defae7f");
  CHECK(platform_digest(*find_platform("linux-x86_64-tcg/1")).text() ==
        "sha256:65527251fa1e9e4ea5e31448f1964c356a07432f307214c4bff47e94308622f3");
}

TEST_CASE("a platform document that is not whole is refused, naming the member") {
  for (const char* member : {"accelerators", "arch", "guests", "hugepages_mb", "name", "os",
                             "qemu_img", "qemu_version"}) {
    Json document = to_json(named_platforms()[0]);
    document.if_object()->erase(member);
    auto read = platform_from_json(document);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Corrupt);
    CHECK(read.error().message.find(member) != std::string::npos);
  }
  Json more = to_json(named_platforms()[0]);
  more["colour"] = "red";
  CHECK_FALSE(platform_from_json(more));
  Json twice = to_json(named_platforms()[0]);
  twice["accelerators"] = JsonArray{"kvm", "kvm"};
  CHECK_FALSE(platform_from_json(twice));
}

TEST_CASE("profile patterns are literal directories and one file pattern") {
  for (const char* good : {"profiles/*.toml", "*.toml", "a/b/web-?.toml", "db.toml"})
    CHECK_FALSE(pattern_fault(good));
  for (const char* bad :
       {"", "/x/*.toml", "../*.toml", "a/../b.toml", "a/*/b.toml", "profiles/*", "profiles/.x.toml",
        ".vmplan/*.toml", "a/[ab].toml", "~/x.toml", "vmplan.toml", "./vmplan.toml"})
    CHECK(pattern_fault(bad));
}

TEST_CASE("hidden files, subdirectories and vmplan.toml are no profiles") {
  test::MemoryFileReader files;
  for (const char* path : {"vmplan.toml", "web.toml", ".hidden.toml", "notes.txt", "sub/db.toml"})
    files.add(path, "");
  CHECK(*matching_files("*.toml", files) == std::vector<std::string>{"web.toml"});
  CHECK(*matching_files("sub/*.toml", files) == std::vector<std::string>{"sub/db.toml"});
  CHECK(matching_files("none/*.toml", files).error().kind == ErrorKind::NotFound);
}
