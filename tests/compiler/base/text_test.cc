// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/text.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <ctime>

#include "compiler/base/base64.h"
#include "compiler/base/lexical_path.h"

using namespace vmplan;

TEST_CASE("UTF-8 is checked down to overlong forms and surrogates") {
  CHECK(is_utf8("plain \u00e9\u20ac\U0001F600"));
  for (const char* bad :
       {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82", "\xff"})
    CHECK_FALSE(is_utf8(bad));
  CHECK(first_invalid_utf8("ab\xff") == 2);
}

TEST_CASE("the nearest name is found for misspellings and not for other words") {
  std::vector<std::string_view> names = {"memory_mb", "cores", "cpu"};
  CHECK(nearest("memroy_mb", names) == "memory_mb");
  CHECK(nearest("core", names) == "cores");
  CHECK_FALSE(nearest("tpm", names));
  CHECK_FALSE(nearest("completely", names));
}

TEST_CASE("a name of megabytes costs the search for the nearest nothing") {
  const std::string huge(3'500'000, 'x');
  std::vector<std::string_view> names = {huge, "base"};
  const std::clock_t before = std::clock();
  CHECK(nearest("bsae", names) == "base");
  CHECK_FALSE(nearest(std::string(60, 'y'), names));
  // Seconds of the processor; a table of all edits took 1.8 GB and more than ten.
  CHECK((std::clock() - before) / CLOCKS_PER_SEC < 1);
}

TEST_CASE("lowering ASCII leaves every other letter alone") {
  CHECK(ascii_lower("I\u0130Web") == "i\u0130web");
}

TEST_CASE("text that could steer a terminal is made visible") {
  CHECK(printable("a\x1b[31mb\x9b\u009b") == "a\\x1b[31mb\\x9b\\xc2\\x9b");
  CHECK(printable("tab\there") == "tab\\x09here");
}

TEST_CASE("globs match within one segment") {
  CHECK(glob_match("*.toml", "web.toml"));
  CHECK(glob_match("vm/web-*", "vm/web-1"));
  CHECK(glob_match("a?c*", "abc"));
  CHECK_FALSE(glob_match("vm/*", "vm/a/b"));
  CHECK_FALSE(glob_match("a?c", "a/c"));
  CHECK_FALSE(glob_match("web", "web2"));
}

TEST_CASE("paths are normalised and contained as text") {
  CHECK(normal_path("a/./b//../c/") == "a/c");
  CHECK(normal_path("../x/..") == "..");
  CHECK(normal_path("/../x") == "/x");
  CHECK(normal_path("") == ".");
  CHECK(is_beneath("a/b"));
  CHECK_FALSE(is_beneath("../a"));
  CHECK_FALSE(is_beneath("/a"));
  CHECK(is_within("/srv/x/y", "/srv/x"));
  CHECK_FALSE(is_within("/srv/xy", "/srv/x"));
  std::vector<std::string> allowed = {"../linux"};
  CHECK(is_allowed_path("../linux/bzImage", allowed));
  CHECK_FALSE(is_allowed_path("../linux2/bzImage", allowed));
  CHECK_FALSE(is_allowed_path("a/../../linux2", allowed));
  // A place that only goes up holds what goes up no further: `..` is not the whole file system.
  CHECK(is_within("../x", ".."));
  CHECK_FALSE(is_within("../..", ".."));
  CHECK_FALSE(is_within("../../x", ".."));
  CHECK(is_within("../../x", "../.."));
  CHECK(is_within("../x", "../.."));
  CHECK_FALSE(is_within("../../../etc/shadow", "../.."));
  CHECK_FALSE(is_within("/etc", ".."));
  CHECK(is_within("..x", ".."));  // a file of the lab with a strange name
  CHECK_FALSE(is_within("../x", "."));
  CHECK(is_within("x", "."));
  std::vector<std::string> parent = {".."};
  CHECK(is_allowed_path("../shared/disk.raw", parent));
  CHECK_FALSE(is_allowed_path("../../etc/shadow", parent));
  CHECK_FALSE(is_allowed_path("../shared/../../etc", parent));
  CHECK(relative_to(".vmplan/store/x/base", "disks/web") == "../../.vmplan/store/x/base");
  CHECK(relative_to(".vmplan/store/x/base", ".") == ".vmplan/store/x/base");
  CHECK(relative_to("disks/base", "disks/web") == "../base");
}

TEST_CASE("property: base64 reads back what it wrote and nothing else") {
  CHECK(base64_encode("") == "");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK_FALSE(base64_decode("Zm9="));  // unused bits set
  CHECK_FALSE(base64_decode("Zm8"));
  CHECK_FALSE(base64_decode("Z=8="));
  CHECK(rc::check(
      [](const std::string& bytes) { RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes); }));
}

TEST_CASE("property: a shell-quoted word holds no unquoted special byte") {
  CHECK(shell_quoted("plain-1.2/x") == "plain-1.2/x");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
}
