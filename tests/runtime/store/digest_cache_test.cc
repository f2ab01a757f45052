// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/digest_cache.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "runtime/os/posix_clock.h"
#include "runtime/os/posix_file_system.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/never.h"
#include "tests/support/scratch.h"

namespace vmplan::store {
namespace {

using test::kNever;

std::ptrdiff_t reads(const test::MemoryFileSystem& files) {
  const std::vector<test::Access> diary = files.diary();
  return std::ranges::count(diary, std::string("digest"), &test::Access::call);
}

TEST_CASE("digests: read once, and again only after a write", "[digests]") {
  test::MemoryFileSystem files;
  files.put("a", "abc");
  DigestCache verified(files, "");
  CHECK(verified.verify("a", sha256("abc"), kNever));
  CHECK(verified.verify("a", sha256("abc"), kNever));
  CHECK(reads(files) == 1);
  files.put("a", "abd");
  Status changed = verified.verify("a", sha256("abc"), kNever);
  REQUIRE_FALSE(changed);
  CHECK(changed.error().kind == ErrorKind::Corrupt);
  CHECK(changed.error().text().find(sha256("abd").text()) != std::string::npos);
  CHECK(reads(files) == 2);
}

TEST_CASE("digests: what is behind a link is read every time", "[digests]") {
  test::MemoryFileSystem files;
  files.put("a", "abc");
  files.put_symlink("link", "a");
  DigestCache verified(files, "");
  CHECK(verified.verify("link", sha256("abc"), kNever));
  files.put("a", "abd");
  CHECK_FALSE(verified.verify("link", sha256("abc"), kNever));
}

TEST_CASE("digests: no file, no digest", "[digests]") {
  test::MemoryFileSystem files;
  files.put_directory("d");
  DigestCache verified(files, "");
  CHECK(verified.digest("none", kNever).error().kind == ErrorKind::NotFound);
  CHECK(verified.digest("d", kNever).error().kind == ErrorKind::Refused);
}

TEST_CASE("digests: kept in a file, and the next cache reads nothing but that", "[digests]") {
  test::Scratch scratch("digests");
  Result<os::LabRoot> root = os::LabRoot::open(scratch.path());
  REQUIRE(root);
  os::PosixFileSystem disk(*root);
  REQUIRE(disk.write_atomic("a", "abc", 0644));
  // A file that changed within the tick in which the cache was written is not believed: let the
  // tick pass.
  os::PosixClock().sleep(Millis{120});
  {
    DigestCache first(disk, "cache");
    REQUIRE(first.digest("a", kNever));
    REQUIRE(first.save());
  }
  test::FaultyFileSystem counted(disk);
  DigestCache second(counted, "cache");
  int loaded = counted.calls();
  CHECK(second.digest("a", kNever) == sha256("abc"));
  CHECK(counted.calls() == loaded + 1);  // one stat
  REQUIRE(disk.write_atomic("a", "abd", 0644));
  CHECK(second.digest("a", kNever) == sha256("abd"));
}

TEST_CASE("digests: an entry as young as the cache itself is not believed", "[digests]") {
  test::MemoryFileSystem files;  // its clock hardly ticks between two writes
  files.put("a", "abc");
  DigestCache first(files, "cache");
  REQUIRE(first.digest("a", kNever));
  REQUIRE(first.save());
  std::ptrdiff_t before = reads(files);
  DigestCache second(files, "cache");
  CHECK(second.digest("a", kNever) == sha256("abc"));
  CHECK(reads(files) == before + 1);
}

TEST_CASE("digests: a damaged cache file only costs the reading", "[digests]") {
  test::MemoryFileSystem files;
  files.put("a", "abc");
  for (const char* text :
       {"", "\n", "# vmplan digests 2\n", "# vmplan digests 2\nsha256:00 1 2 3 4 5 a\n",
        "# vmplan digests 2\nx\n", "# other\n", "# vmplan digests 2\nsha256:"}) {
    files.put("cache", text);
    DigestCache cache(files, "cache");
    CHECK(cache.digest("a", kNever) == sha256("abc"));
  }
}

TEST_CASE("digests: no flipped byte and no cut of the cache file is believed", "[digests]") {
  test::MemoryFileSystem files;
  files.put("a", "abc");
  DigestCache first(files, "cache");
  REQUIRE(first.digest("a", kNever));
  // Its clock hardly ticks between two writes: let more than a tick of file times pass.
  for (int i = 0; i < 60; ++i) files.put("other", "x");
  REQUIRE(first.save());
  const std::string good = *files.bytes("cache");
  {
    const std::ptrdiff_t before = reads(files);
    DigestCache second(files, "cache");
    CHECK(second.digest("a", kNever) == sha256("abc"));
    CHECK(reads(files) == before);  // or the rest of this test would show nothing
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    INFO("byte " << i << " flipped, then cut off there");
    files.put("cache", bad);
    CHECK(DigestCache(files, "cache").digest("a", kNever) == sha256("abc"));
    files.put("cache", good.substr(0, i));
    CHECK(DigestCache(files, "cache").digest("a", kNever) == sha256("abc"));
  }
}

}  // namespace
}  // namespace vmplan::store
