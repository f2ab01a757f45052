// SPDX-License-Identifier: Apache-2.0
// Secrets from the environment and from files, and everything that is refused.
#include "runtime/os/fetch_secret.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "tests/support/scratch.h"

namespace vmplan::os {
namespace {

struct SecretFiles {
  test::Scratch scratch{"secrets"};
  std::string root = scratch.path();

  std::string put(const std::string& name, const std::string& bytes, mode_t mode = 0600) const {
    std::string path = root + "/" + name;
    scratch.write(name, bytes);
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
  }
};

ErrorKind kind_of(const Result<SecretText>& result) {
  REQUIRE_FALSE(result);
  return result.error().kind;
}

TEST_CASE("secrets: from the environment and from files, without one line feed at the end") {
  SecretFiles files;
  ::setenv("VMPLAN_TEST_SECRET", "from env\n", 1);
  CHECK(fetch_secret("env:VMPLAN_TEST_SECRET", files.root)->text() == "from env");
  ::unsetenv("VMPLAN_TEST_SECRET");
  const std::string path = files.put("pw", "from file\n\n");
  CHECK(fetch_secret("file:" + path, "/nowhere")->text() == "from file\n");
  CHECK(fetch_secret("file:pw", files.root)->text() == "from file\n");
}

TEST_CASE("secrets: what is missing, open to others or no secret is refused, and says no value") {
  SecretFiles files;
  CHECK(kind_of(fetch_secret("env:VMPLAN_TEST_NO_SUCH", files.root)) == ErrorKind::NotFound);
  CHECK(kind_of(fetch_secret("file:none", files.root)) == ErrorKind::NotFound);
  CHECK(kind_of(fetch_secret("file:.", files.root)) == ErrorKind::Refused);
  CHECK(kind_of(fetch_secret("command:x", files.root)) == ErrorKind::Refused);
  CHECK(kind_of(fetch_secret("nothing", files.root)) == ErrorKind::Refused);
  for (mode_t open : {0640U, 0604U, 0620U, 0602U}) {
    files.put("open", "hunter2", open);
    const Result<SecretText> found = fetch_secret("file:open", files.root);
    CHECK(kind_of(found) == ErrorKind::Denied);
    CHECK(found.error().text().find("chmod 600") != std::string::npos);
    CHECK(found.error().text().find("hunter2") == std::string::npos);
  }
  files.put("empty", "\n");
  CHECK(kind_of(fetch_secret("file:empty", files.root)) == ErrorKind::Refused);
  files.put("nul", std::string("a\0b", 3));
  CHECK(kind_of(fetch_secret("file:nul", files.root)) == ErrorKind::Refused);
  files.put("large", std::string(70'000, 'x'));
  CHECK(kind_of(fetch_secret("file:large", files.root)) == ErrorKind::Refused);
}

}  // namespace
}  // namespace vmplan::os
