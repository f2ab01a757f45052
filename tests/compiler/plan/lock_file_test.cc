// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/lock_file.h"

#include <catch2/catch.hpp>

using namespace vmplan;

namespace {

plan::LockFile sample() {
  plan::LockFile lock;
  lock.platform = "linux-x86_64-tcg/1";
  lock.platform_digest = sha256("platform");
  lock.inputs = {{"images/a file", sha256("a")}, {"images/b", sha256("b")}};
  lock.outputs = {{"image/x", sha256("x")}};
  lock.nodes = {{"disk/web/root", sha256("d")}, {"vm/web", sha256("w")}};
  return lock;
}

}  // namespace

TEST_CASE("a lock file reads back, paths with spaces included") {
  std::string text = plan::write_lock(sample());
  CHECK(text.rfind("# vmplan lock 1\nplatform linux-x86_64-tcg/1 sha256:", 0) == 0);
  CHECK(text.find("\nvm/web sha256:") != std::string::npos);
  Result<plan::LockFile> read = plan::read_lock(text);
  REQUIRE(read);
  CHECK(*read == sample());
}

TEST_CASE("damaged lock files are refused with their line") {
  std::string text = plan::write_lock(sample());
  auto message = [](const std::string& bad) {
    Result<plan::LockFile> read = plan::read_lock(bad);
    return read ? std::string() : read.error().message;
  };
  CHECK(message("").find("line 1: the file is empty") == 0);
  CHECK(message("# other\n").find("line 1: expected `# vmplan lock 1`") == 0);
  CHECK(message(text.substr(0, text.size() - 1)).find("the file was cut") != std::string::npos);
  CHECK(message("# vmplan lock 1\n<<<<<<< HEAD\n").find("line 2: a merge conflict") == 0);
  CHECK(message(text + "vm/web " + sha256("z").text() + "\n").find("occurs twice") !=
        std::string::npos);
  // Found by fuzzing: a damaged platform line was taken for a node with a strange name.
  CHECK(message("# vmplan lock 1\nplatfo\xff x/1 " + sha256("p").text() + "\n")
            .find("line 2: this is no line") == 0);
  CHECK(message("# vmplan lock 1\nvm/web " + sha256("p").text() + "\n")
            .find("no line names the platform") != std::string::npos);
  CHECK(message(text + "nonsense\n").find("this is no line of a lock file") != std::string::npos);
}

TEST_CASE("differences are listed by kind and name") {
  plan::LockFile after = sample();
  after.nodes.erase("disk/web/root");
  after.nodes["vm/web"] = sha256("other");
  after.nodes["vm/new"] = sha256("n");
  std::vector<std::string> lines = plan::lock_differences(sample(), after);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].rfind("- disk/web/root ", 0) == 0);
  CHECK(lines[1].rfind("~ vm/web ", 0) == 0);
  CHECK(lines[2].rfind("+ vm/new ", 0) == 0);
  CHECK(plan::lock_differences(sample(), sample()).empty());
}
