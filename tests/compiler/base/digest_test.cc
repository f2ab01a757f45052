// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/digest.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace vmplan;

TEST_CASE("SHA-256 of the FIPS 180-2 vectors") {
  CHECK(sha256("").text() ==
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc").text() ==
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a hasher can be used again after finish") {
  Sha256 hash;
  Digest first = hash.update("a").update("bc").finish();
  CHECK(first == sha256("abc"));
  CHECK(hash.update("abc").finish() == first);
  std::vector<std::string> argv = {"a", "", "b"};
  CHECK(argv_hash(argv, hash) == argv_hash(argv));
  CHECK(sha256("abc", hash) == first);
}

TEST_CASE("a digest is parsed from its text form and from nothing else") {
  Digest digest = sha256("abc");
  CHECK(Digest::parse(digest.text()) == digest);
  CHECK(Digest::parse_hex(digest.hex()) == digest);
  CHECK_FALSE(Digest::parse(digest.hex()));
  CHECK_FALSE(Digest::parse(digest.text() + "0"));
  std::string upper = digest.text();
  upper.back() = 'D';
  CHECK_FALSE(Digest::parse(upper));
}

TEST_CASE("argv_hash is the published vector") {
  std::vector<std::string> argv = {"/usr/bin/qemu-system-x86_64",
                                   "-enable-kvm",
                                   "-cpu",
                                   "host",
                                   "-smp",
                                   "4",
                                   "-m",
                                   "8192M",
                                   "-drive",
                                   "file=/abs/project/images/root.qcow2,format=qcow2,if=virtio",
                                   "-fsdev",
                                   "local,path=/abs/source,security_model=none,id=source",
                                   "-device",
                                   "virtio-9p-pci,fsdev=source,mount_tag=source",
                                   "-netdev",
                                   "user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22",
                                   "-device",
                                   "virtio-net-pci,netdev=net0",
                                   "-qmp",
                                   "unix:/abs/project/run/kernel-dev.qmp.sock,server=on,wait=off",
                                   "-serial",
                                   "pty",
                                   "-name",
                                   "kernel-dev"};
  REQUIRE(argv.size() == 24);
  CHECK(argv_hash(argv).text() ==
        "sha256:5f21305f782cdf48dcd9193a2fb909d1d10c0ee83d34797eed217661107c9f8c");
}

TEST_CASE("argv elements are joined by NUL, so boundaries count") {
  CHECK(argv_hash(std::vector<std::string>{"a", "b"}) != argv_hash(std::vector<std::string>{"ab"}));
  CHECK(argv_hash(std::vector<std::string>{"a", ""}) != argv_hash(std::vector<std::string>{"a"}));
}
