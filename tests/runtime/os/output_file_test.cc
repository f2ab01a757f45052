// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <thread>

#include "runtime/os/unique_fd.h"
#include "tests/support/scratch.h"

namespace vmplan::os {
namespace {

TEST_CASE("output: a regular file is made, and replaced as a whole", "[os]") {
  test::Scratch scratch("output");
  REQUIRE(write_output(scratch / "new", "first"));
  CHECK(scratch.read("new") == "first");
  UniqueFd old(::open((scratch / "new").c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(write_output(scratch / "new", "x"));
  CHECK(scratch.read("new") == "x");
  std::array<char, 8> bytes{};
  CHECK(::read(old.get(), bytes.data(), bytes.size()) ==
        5);  // whoever reads the old one has all of it
  CHECK(write_output(scratch / "none/new", "x").error().kind == ErrorKind::NotFound);
  CHECK_FALSE(write_output(scratch.path(), "x"));
}

TEST_CASE("output: a link, a pipe and a device are written into and stay what they are",
          "[os][threads]") {
  test::Scratch scratch("output");
  struct ::stat info {};
  SECTION("a link") {
    scratch.write("target", "longer than before");
    scratch.make_symlink("link", "target");
    REQUIRE(write_output(scratch / "link", "bytes"));
    CHECK(scratch.read("target") == "bytes");
    REQUIRE(::lstat((scratch / "link").c_str(), &info) == 0);
    CHECK(S_ISLNK(info.st_mode));
  }
  SECTION("a pipe") {
    REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
    std::string got;
    {
      std::jthread reader([&] { got = scratch.read("pipe"); });
      CHECK(write_output(scratch / "pipe", "bytes"));
    }
    CHECK(got == "bytes");
    REQUIRE(::lstat((scratch / "pipe").c_str(), &info) == 0);
    CHECK(S_ISFIFO(info.st_mode));
  }
  SECTION("a device") {
    UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(terminal);
    REQUIRE(::grantpt(terminal.get()) == 0);
    REQUIRE(::unlockpt(terminal.get()) == 0);
    REQUIRE(write_output(::ptsname(terminal.get()), "bytes"));
    std::array<char, 8> bytes{};
    REQUIRE(::read(terminal.get(), bytes.data(), bytes.size()) == 5);
    CHECK(std::string(bytes.data()) == "bytes");
  }
}

}  // namespace
}  // namespace vmplan::os
