// SPDX-License-Identifier: Apache-2.0
// `vmplan step fetch` against a server in memory that breaks off, moves on and lies.
#include <catch2/catch.hpp>

#include "runtime/exec/steps/builtin.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

constexpr const char* kUrl = "https://example.org/base.qcow2";
constexpr const char* kPart = "store/base.vmplan-part";

/// Gives `file`, a piece of at most `piece` bytes per connection.
struct FakeServer {
  std::string file = "abcdefghij";
  std::size_t piece = 100;
  bool goes_on = true;
  Error refusal = {ErrorKind::Timeout, "broken off"};
  /// Where each connection asked to begin.
  std::vector<std::int64_t> asked = {};

  Status serve(const os::Download& wanted) {
    asked.push_back(wanted.from);
    std::size_t at = goes_on ? static_cast<std::size_t>(wanted.from) : 0;
    if (at >= file.size()) return {};
    const std::size_t end = std::min(file.size(), at + piece);
    for (; at < end; ++at)
      if (Status taken = wanted.take(static_cast<std::int64_t>(at), file.substr(at, 1)); !taken)
        return taken;
    if (end < file.size()) return fail(refusal);
    return {};
  }
};

struct FetchLab : test::RunLab {
  FakeServer server;
  std::string digest = sha256("abcdefghij").text();

  FetchLab() { files.put_directory("store"); }

  StepReport fetch(os::FileSystem& on, std::vector<std::string> more = {}) {
    LabHost world = host();
    LabHost changed{on, world.processes, world.machines, world.clock, world.cancel, world.root};
    changed.download = [&](const os::Download& wanted, const os::Cancel&) {
      return server.serve(wanted);
    };
    store::DigestCache verified(on, "");
    StepContext context{changed, *store, verified};
    std::vector<std::string> words = {"fetch", kUrl, "store/base", digest};
    words.insert(words.end(), more.begin(), more.end());
    return run_builtin(words, context);
  }
  StepReport fetch() { return fetch(files); }
};

TEST_CASE("fetch: the file gets its name when every byte was checked, read-only", "[steps]") {
  FetchLab lab;
  CHECK(lab.fetch().exit_code == 0);
  CHECK(lab.files.bytes("store/base") == "abcdefghij");
  CHECK(lab.files.stat("store/base")->mode == 0444);
  CHECK_FALSE(lab.files.exists(kPart));
  CHECK(lab.fetch().message == "already in the store");
  CHECK(lab.server.asked.size() == 1);
}

TEST_CASE("fetch: a connection that breaks is taken up where it ended", "[steps]") {
  FetchLab lab;
  lab.server.piece = 4;
  CHECK(lab.fetch().exit_code == 0);
  CHECK(lab.files.bytes("store/base") == "abcdefghij");
  CHECK(lab.server.asked == std::vector<std::int64_t>{0, 4, 8});
}

TEST_CASE("fetch: what an earlier run left is gone on with, or thrown away when it does not fit",
          "[steps]") {
  FetchLab lab;
  SECTION("the beginning of the file") {
    lab.files.put(kPart, "abcdef");
    CHECK(lab.fetch().exit_code == 0);
    CHECK(lab.server.asked == std::vector<std::int64_t>{6});
  }
  SECTION("all of the file") {
    lab.files.put(kPart, "abcdefghij");
    CHECK(lab.fetch().exit_code == 0);
    CHECK(lab.server.asked == std::vector<std::int64_t>{10});
  }
  SECTION("the beginning of another version") {
    lab.files.put(kPart, "ABC");
    CHECK(lab.fetch().exit_code == 0);
    CHECK(lab.server.asked == std::vector<std::int64_t>{3, 0});
  }
  SECTION("a server that cannot go on") {
    lab.files.put(kPart, "ABC");
    lab.server.goes_on = false;
    CHECK(lab.fetch().exit_code == 0);
    CHECK(lab.server.asked == std::vector<std::int64_t>{3});
  }
  SECTION("no regular file") {
    lab.files.put_symlink(kPart, "/lab/elsewhere");
    CHECK(lab.fetch().message.find("no regular file") != std::string::npos);
    CHECK(lab.server.asked.empty());
    return;
  }
  CHECK(lab.files.bytes("store/base") == "abcdefghij");
  CHECK_FALSE(lab.files.exists(kPart));
}

TEST_CASE("fetch: other bytes than the pinned ones are named, and nothing of them stays",
          "[steps]") {
  FetchLab lab;
  lab.server.file = "evil";
  const StepReport report = lab.fetch();
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find(sha256("evil").text()) != std::string::npos);
  CHECK(report.message.find(lab.digest) != std::string::npos);
  CHECK_FALSE(lab.files.exists("store/base"));
  CHECK_FALSE(lab.files.exists(kPart));
}

TEST_CASE("fetch: it gives up after five tries without a byte, and keeps what there is",
          "[steps]") {
  FetchLab lab;
  lab.files.put(kPart, "ab");
  lab.server.piece = 0;
  const StepReport report = lab.fetch();
  CHECK(report.exit_code == kStepFailed);
  CHECK(report.message.find("broken off; 2 bytes are kept") != std::string::npos);
  CHECK(lab.server.asked.size() == 5);
  CHECK(lab.files.bytes(kPart) == "ab");
  lab.server.refusal = {ErrorKind::NotFound, "the server says 404"};
  CHECK(lab.fetch().message.find("404") != std::string::npos);
  CHECK(lab.server.asked.size() == 6);
}

TEST_CASE("fetch: a copy that is there is taken, and checked as well", "[steps]") {
  FetchLab lab;
  CHECK(lab.fetch(lab.files, {"images/mine"}).exit_code == 0);
  CHECK(lab.server.asked.size() == 1);
  REQUIRE(lab.files.remove("store/base"));
  lab.files.put("images/mine", "other");
  CHECK(lab.fetch(lab.files, {"images/mine"}).exit_code == kStepFailed);
  lab.files.put("images/mine", "abcdefghij");
  CHECK(lab.fetch(lab.files, {"images/mine"}).exit_code == 0);
  CHECK(lab.server.asked.size() == 1);
}

TEST_CASE("fetch: whatever call fails, the next run makes the image, and no wrong one has its name",
          "[steps]") {
  using test::FaultyFileSystem;
  for (const auto when : {FaultyFileSystem::When::Before, FaultyFileSystem::When::After}) {
    for (int n = 1;; ++n) {
      FetchLab lab;
      lab.server.piece = 4;
      lab.files.put(kPart, "ab");
      FaultyFileSystem faulty(lab.files);
      faulty.fail_call(n, {ErrorKind::NoSpace, "injected"}, when);
      const StepReport report = lab.fetch(faulty);
      const bool was_hit = faulty.calls() >= n;
      CAPTURE(n, report.message);
      if (lab.files.exists("store/base")) CHECK(lab.files.bytes("store/base") == "abcdefghij");
      CHECK(lab.fetch().exit_code == 0);
      CHECK(lab.files.bytes("store/base") == "abcdefghij");
      CHECK(lab.files.stat("store/base")->mode == 0444);
      if (!was_hit) break;
    }
  }
}

}  // namespace
}  // namespace vmplan::exec
