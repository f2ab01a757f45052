// SPDX-License-Identifier: Apache-2.0
// What may name things in a guest, good and bad.
#include "compiler/model/guest_text.h"

#include <catch2/catch.hpp>

#include "compiler/model/secret_reference.h"

using namespace vmplan::model;

namespace {

const std::string kEd25519 =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBMuXJl6Vn0pWd7z1h5m0u3a1kDQ6sYV3bq2mQm9w0aB";

}  // namespace

TEST_CASE("host names are those of RFC 1123") {
  for (std::string_view good : {"web", "web-1", "1web", "a.b.example", "A"})
    CHECK_FALSE(hostname_fault(good));
  for (std::string_view bad : {"", "-web", "web-", "we_b", "a..b", ".a", "a.", "w b", "wéb"})
    CHECK(hostname_fault(bad));
  CHECK_FALSE(hostname_fault(std::string(63, 'a')));
  CHECK(hostname_fault(std::string(64, 'a')));
}

TEST_CASE("names of accounts are those that useradd takes") {
  for (std::string_view good : {"root", "_apt", "web-1", "a_b"}) CHECK_FALSE(account_fault(good));
  for (std::string_view bad : {"", "Root", "1a", "-a", "a b", "a:b", "a.b", "a\"b"})
    CHECK(account_fault(bad));
  CHECK_FALSE(account_fault(std::string(32, 'a')));
  CHECK(account_fault(std::string(33, 'a')));
  CHECK_FALSE(owner_fault("root:root"));
  CHECK_FALSE(owner_fault("www-data"));
  for (std::string_view bad : {"", "root:", ":root", "a:b:c"}) CHECK(owner_fault(bad));
}

TEST_CASE("a key is a whole line of a .pub file") {
  CHECK_FALSE(ssh_key_fault(kEd25519));
  CHECK_FALSE(ssh_key_fault(kEd25519 + " me@desk with words"));
  for (const std::string& bad :
       {std::string(), std::string("ssh-ed25519"), std::string("ssh-ed25519 not-base64!"),
        std::string("ssh-rsa ") + kEd25519.substr(12), kEd25519.substr(0, kEd25519.size() - 1),
        "from=\"10.0.0.1\" " + kEd25519, std::string("-----BEGIN OPENSSH PRIVATE KEY-----")})
    CHECK(ssh_key_fault(bad));
}

TEST_CASE("files of a guest: paths, modes") {
  for (std::string_view good : {"/etc/motd", "/a b/ü"}) CHECK_FALSE(guest_path_fault(good));
  for (std::string_view bad : {"", "/", "etc/motd", "/etc/", "/etc/../motd", "//etc", "/./etc"})
    CHECK(guest_path_fault(bad));
  CHECK_FALSE(permissions_fault("0644"));
  for (std::string_view bad : {"", "644", "0o644", "0844", "rw-r--r--"})
    CHECK(permissions_fault(bad));
}

TEST_CASE("packages, time zones and locales") {
  for (std::string_view good : {"nginx", "g++", "libc6:i386", "nginx=1.22.1-9", "python3.11"})
    CHECK_FALSE(package_fault(good));
  for (std::string_view bad : {"", "-y", "a b", "a;b", "--purge"}) CHECK(package_fault(bad));
  for (std::string_view good : {"UTC", "Europe/Berlin", "Etc/GMT+2"})
    CHECK_FALSE(timezone_fault(good));
  for (std::string_view bad : {"", "../etc/passwd", "Europe/", "/UTC", "U TC"})
    CHECK(timezone_fault(bad));
  for (std::string_view good : {"C", "en_US.UTF-8", "sr_RS@latin"}) CHECK_FALSE(locale_fault(good));
  for (std::string_view bad : {"", "_US", "en US"}) CHECK(locale_fault(bad));
}

TEST_CASE("user data says what it is in its first line") {
  for (std::string_view good :
       {"#cloud-config\na: 1", "#!/bin/sh\n", "#include\nhttps://x", "\x1f\x8b\x08",
        "MIME-Version: 1.0\n", "## template: jinja\n#cloud-config\n"})
    CHECK(is_user_data(good));
  for (std::string_view bad : {"", "a: 1\n", " #cloud-config\n", "# cloud-config\n"})
    CHECK_FALSE(is_user_data(bad));
}

TEST_CASE("a reference says where a secret is") {
  for (std::string_view good : {"env:PW", "env:_P1", "file:/run/secrets/pw", "file:secrets/pw"})
    CHECK_FALSE(secret_reference_fault(good));
  for (std::string_view bad : {"", "PW", "env:", "env:1P", "env:A B", "env:A=B", "file:",
                               "file:../pw", "file:~/pw", "file:$HOME/pw", "file:a\nb", "vault:x"})
    CHECK(secret_reference_fault(bad));
}
