// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/verified_files.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/memory_file_system.h"

namespace vmplan::exec {
namespace {

std::ptrdiff_t reads(const test::MemoryFileSystem& files) {
  const std::vector<test::Access> diary = files.diary();
  return std::ranges::count(diary, std::string("digest"), &test::Access::call);
}

TEST_CASE("verified files: read once, and again only after a write", "[verified]") {
  test::MemoryFileSystem files;
  files.put("a", "abc");
  VerifiedFiles verified(files);
  CHECK(verified.verify("a", sha256("abc")));
  CHECK(verified.verify("a", sha256("abc")));
  CHECK(reads(files) == 1);
  files.put("a", "abd");
  Status changed = verified.verify("a", sha256("abc"));
  REQUIRE_FALSE(changed);
  CHECK(changed.error().kind == ErrorKind::Corrupt);
  CHECK(changed.error().text().find(sha256("abd").text()) != std::string::npos);
  CHECK(reads(files) == 2);
}

TEST_CASE("verified files: what is behind a link is read every time", "[verified]") {
  test::MemoryFileSystem files;
  files.put("a", "abc");
  files.put_symlink("link", "a");
  VerifiedFiles verified(files);
  CHECK(verified.verify("link", sha256("abc")));
  files.put("a", "abd");
  CHECK_FALSE(verified.verify("link", sha256("abc")));
}

TEST_CASE("verified files: no file, no digest", "[verified]") {
  test::MemoryFileSystem files;
  files.put_directory("d");
  VerifiedFiles verified(files);
  CHECK(verified.digest("none").error().kind == ErrorKind::NotFound);
  CHECK(verified.digest("d").error().kind == ErrorKind::Refused);
}

}  // namespace
}  // namespace vmplan::exec
