// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/console_tail.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/scratch.h"

namespace vmplan::vm {
namespace {

/// Runs a tail whose log changes between two looks: step n happens before look n.
class Story {
 public:
  explicit Story(std::vector<std::function<void(test::Scratch&)>> steps)
      : steps_(std::move(steps)) {}

  Status follow(std::int64_t first_byte = 0) {
    const os::LabRoot root = std::move(*os::LabRoot::open(scratch_.path()));
    std::size_t look = 0;
    return follow_log(
        root, {.path = "console.log", .first_byte = first_byte, .interval = {1}},
        [this](std::string_view bytes) -> Status {
          seen_ += bytes;
          return {};
        },
        [&] {
          if (look < steps_.size()) steps_[look](scratch_);
          return ++look > steps_.size();
        },
        cancel_);
  }
  const std::string& seen() const { return seen_; }
  os::Cancel& cancel() { return cancel_; }

 private:
  test::Scratch scratch_{"tail"};
  std::vector<std::function<void(test::Scratch&)>> steps_;
  std::string seen_;
  os::Cancel cancel_;
};

void append(test::Scratch& scratch, std::string_view text) {
  std::ofstream(scratch / "console.log", std::ios::app) << text;
}

}  // namespace

TEST_CASE("a tail shows what is there and what is added, up to the end", "[vm]") {
  Story story({[](auto& scratch) { scratch.write("console.log", "one\n"); },
               [](auto& scratch) { append(scratch, "two\n"); },
               [](auto& scratch) { append(scratch, "three\n"); }});
  REQUIRE(story.follow());
  CHECK(story.seen() == "one\ntwo\nthree\n");
}

TEST_CASE("a tail waits for a log that is not there yet", "[vm]") {
  Story story(
      {[](auto&) {}, [](auto&) {}, [](auto& scratch) { scratch.write("console.log", "late"); }});
  REQUIRE(story.follow());
  CHECK(story.seen() == "late");
}

TEST_CASE("a tail follows a log that is truncated", "[vm]") {
  Story story({[](auto& scratch) { scratch.write("console.log", "a long first run\n"); },
               [](auto& scratch) { scratch.write("console.log", "new\n"); }});
  REQUIRE(story.follow());
  CHECK(story.seen() == "a long first run\nnew\n");
}

TEST_CASE("a tail follows a log that is replaced, and misses nothing of the old one", "[vm]") {
  Story story({[](auto& scratch) { scratch.write("console.log", "old "); },
               [](auto& scratch) {
                 append(scratch, "end ");
                 std::filesystem::rename(scratch / "console.log", scratch / "console.log.1");
                 scratch.write("console.log", "new");
               }});
  REQUIRE(story.follow());
  CHECK(story.seen() == "old end new");
}

TEST_CASE("a tail may start within the log, and shows all of one that is shorter", "[vm]") {
  Story story({[](auto& scratch) { scratch.write("console.log", "0123456789"); },
               [](auto& scratch) { append(scratch, "X"); }});
  REQUIRE(story.follow(7));
  CHECK(story.seen() == "789X");
  Story shorter({[](auto& scratch) { scratch.write("console.log", "new"); }});
  REQUIRE(shorter.follow(7));
  CHECK(shorter.seen() == "new");
}

TEST_CASE("the first interrupt ends a tail", "[vm]") {
  Story story({[&](auto& scratch) {
                 scratch.write("console.log", "seen");
                 story.cancel().interrupt();
               },
               [](auto&) { FAIL("looked on after the interrupt"); }});
  REQUIRE(story.follow());
  CHECK(story.seen() == "seen");
}

TEST_CASE("what is no file is not followed", "[vm]") {
  Story story({[](auto& scratch) { scratch.make_directory("console.log"); }});
  CHECK(story.follow().error().kind == ErrorKind::Refused);
}

}  // namespace vmplan::vm
